import { type Device, etagOf } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { nameOf, nameOfModel, nameOfUser } from '../device/name.ts'
import { useDraft } from '../drafts.ts'
import { bareText } from '../identifier/read.ts'
import { useAction } from '../loading.ts'
import { useNotices } from '../notices.tsx'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Part } from '../parts/part.tsx'
import { problemAt } from '../problems.ts'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { SIM_TYPE_NAMES } from '../sim/type-names.ts'
import { EsimHint } from './esim-hint.tsx'
import { type Phone, PhoneField } from './phone-field.tsx'
import { Taken } from './taken.tsx'
import './task.css'
import { type Old, putBack, undoReplacement } from './undo.ts'

const FIELDS = ['imei', 'name', 'metadata', 'old']

/**
 * Replaces a phone: the SIMs, the user and the name move to the new one, in one request. With several phones, the person
 * chooses which is replaced. `onDone` receives the new device.
 */
export function ReplacePhone({
  devices,
  onDone,
  onCancel,
}: {
  devices: readonly Device[]
  onDone: (device: Device) => void
  onCancel: () => void
}) {
  const { handset } = useSession()
  const { notify } = useNotices()
  const [values, change, endDraft] = useDraft({
    oldId: likelyOld(devices)?.id ?? '',
    imei: '',
    name: null as string | null,
    old: 'unassign' as Old,
  })
  const [phone, setPhone] = useState<Phone | null>(null)
  const action = useAction()
  const device = devices.find(({ id }) => id === values.oldId)
  const name = values.name ?? (device === undefined ? '' : suggestName(device, phone, values.old))

  async function replace(device: Device) {
    const next = await handset.devices.replace(device.id, {
      imei: bareText(values.imei),
      old: values.old,
      name: name.trim() || null,
    })
    finish(device, next, () => undoReplacement(handset, device, next, values.old))
  }

  /** Gives a phone that is registered already the SIMs and the user. The old one keeps its user and its name. */
  async function use(device: Device, taken: Device) {
    const before = await handset.devices.retrieve(taken.id)
    const next = await handset.devices.update(
      taken.id,
      { user: device.user?.id ?? null, name: name.trim() || null, sims: idsOf(device), moveSims: true },
      { ifMatch: etagOf(before) },
    )
    finish(device, next, async () => {
      await putBack(handset, device)
      await putBack(handset, before)
    })
  }

  function finish(device: Device, next: Device, undo: () => Promise<unknown>) {
    endDraft()
    const text = `Replaced ${nameOf(device)} with ${nameOfModel(next.model)}.`
    const isDeleted = phone?.device == null && values.old === 'delete'
    notify(text, undo, isDeleted ? undefined : { href: hrefOf(`/devices/${device.id}`), text: 'Open the old phone' })
    onDone(next)
  }

  const isTaken = phone?.device != null && phone.device.id !== device?.id
  return (
    <Part title="Replace phone" wide>
      <Form
        action={action}
        class="task"
        fields={FIELDS}
        isDraft
        submit={submitLabel(device, phone)}
        isDisabled={device === undefined || isTaken}
        onCancel={() => {
          endDraft()
          onCancel()
        }}
        onSubmit={async () => device && (await replace(device))}
      >
        {devices.length > 1 && (
          <ChoiceField
            label="Which phone is replaced?"
            value={values.oldId}
            onChange={({ currentTarget }) => change({ oldId: currentTarget.value })}
          >
            <option value="">Choose one</option>
            {devices.map((device) => (
              <option key={device.id} value={device.id}>
                {nameOf(device)} · {device.imei}
              </option>
            ))}
          </ChoiceField>
        )}
        <PhoneField
          label="IMEI of the new phone"
          imei={values.imei}
          autofocus={device !== undefined}
          problem={problemAt(action.error, 'imei') ?? (phone?.device?.id === device?.id && phone?.device ? SAME : null)}
          onImei={(imei) => change({ imei })}
          onPhone={setPhone}
        />
        {isTaken && device !== undefined && phone?.device && (
          <Taken
            device={phone.device}
            label={device.user === null ? 'Use it' : `Give it to ${nameOfUser(device.user)}`}
            note="The SIMs move to it. The old phone keeps its user and its name."
            run={() => use(device, phone.device as Device)}
          />
        )}
        <div class="side-by-side">
          <TextField
            label="Name of the new phone (optional)"
            value={name}
            problem={problemAt(action.error, 'name')}
            onInput={({ currentTarget }) => change({ name: currentTarget.value })}
          />
          {!isTaken && (
            <ChoiceField
              label="The old phone"
              hint="If it was stolen, leave it registered: it can still be found by its IMEI."
              value={values.old}
              problem={problemAt(action.error, 'old')}
              onChange={({ currentTarget }) => change({ old: currentTarget.value as Old })}
            >
              <option value="unassign">stays registered, without a user</option>
              <option value="keep">stays with its user, without a SIM</option>
              <option value="delete">is deleted</option>
            </ChoiceField>
          )}
        </div>
        {device !== undefined && <p class="quiet">{movesText(device)}</p>}
        {device !== undefined && <EsimHint sims={device.sims} check={phone?.check} />}
      </Form>
    </Part>
  )
}

const SAME = 'This is the old phone. Enter the IMEI of the new one.'

/** The only phone, or the only one with a SIM. */
function likelyOld(devices: readonly Device[]): Device | undefined {
  const candidates = devices.length === 1 ? devices : devices.filter(({ sims }) => sims.length > 0)
  return candidates.length === 1 ? candidates[0] : undefined
}

function idsOf({ sims }: Device): string[] {
  return sims.map(({ id }) => id)
}

/**
 * The name of the old phone, with the new model in place of the old one. Empty if the old phone keeps exactly that name,
 * so that no two phones of a user have the same. A phone that is registered already keeps its own.
 */
function suggestName({ name, model }: Device, phone: Phone | null, old: Old): string {
  const taken = phone?.device ?? null
  if (taken !== null && taken.name !== null) return taken.name
  const next = phone?.check.model
  const suggested = name !== null && model !== null && next ? name.replace(model.name, next.name) : (name ?? '')
  const isKept = old === 'keep' || taken !== null
  return isKept && suggested === name ? '' : suggested
}

function submitLabel(device: Device | undefined, phone: Phone | null): string {
  const next = phone?.check.model
  return device === undefined || !next ? 'Replace the phone' : `Replace it with the ${nameOfModel(next)}`
}

/** What moves to the new phone, in one sentence. */
function movesText({ user, sims }: Device): string {
  const parts = [
    ...(user === null ? [] : [nameOfUser(user)]),
    ...sims.map(({ type, iccid }) => `the ${SIM_TYPE_NAMES[type]} ending in ${iccid.slice(-4)}`),
  ]
  if (parts.length === 0) return 'The old phone has no user and no SIM, so only its name moves.'
  return `The new phone gets: ${parts.join(', ')}.`
}
