import { type Device, etagOf, type Sim, type User } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { nameOf, nameOfUser } from '../device/name.ts'
import { useDraft } from '../drafts.ts'
import { focusSubmit, useFocusFallback } from '../focus.ts'
import { bareText } from '../identifier/read.ts'
import { useAction, useLoaded } from '../loading.ts'
import { useNotices } from '../notices.tsx'
import { TextField } from '../parts/field.tsx'
import { EscapeArea, Form } from '../parts/form.tsx'
import { Part } from '../parts/part.tsx'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { CreateSimForm } from '../sim/create-form.tsx'
import { EsimHint } from './esim-hint.tsx'
import { type Phone, PhoneField } from './phone-field.tsx'
import { SimChoice } from './sim-choice.tsx'
import { Taken } from './taken.tsx'
import './task.css'
import { putBack } from './undo.ts'

const FIELDS = ['imei', 'name', 'sims']
const SUGGESTED = 4

/** Gives a user another phone, with a SIM that may be in another one now, in one request. */
export function AddPhone({ user, onDone, onCancel }: { user: User; onDone: () => void; onCancel: () => void }) {
  const { handset } = useSession()
  const { notify } = useNotices()
  const [values, change, endDraft] = useDraft({ imei: '', name: '', iccid: '', sim: null as Sim | null })
  const [phone, setPhone] = useState<Phone | null>(null)
  const [unknown, setUnknown] = useState<string | null>(null)
  const [own] = useLoaded(
    async (signal) => (await handset.sims.list({ user: user.id, limit: SUGGESTED }, { signal })).items,
    [handset, user.id],
  )
  const action = useAction()
  useFocusFallback(values.sim, focusSubmit)
  const cancel = () => {
    endDraft()
    onCancel()
  }

  /** The SIM that was chosen or typed; undefined if there is none with the typed number. */
  async function findSim(): Promise<Sim | null | undefined> {
    const iccid = bareText(values.iccid)
    if (values.sim !== null || iccid === '') return values.sim
    const [sim] = (await handset.sims.search({ iccid })).items
    if (sim === undefined) setUnknown(iccid)
    return sim
  }

  async function holderOf(sim: Sim | null): Promise<Device | null> {
    return sim === null ? null : ((await handset.devices.list({ sim: sim.id, limit: 1 })).items[0] ?? null)
  }

  async function add() {
    setUnknown(null)
    const sim = await findSim()
    if (sim === undefined) return
    const holder = await holderOf(sim)
    const device = await handset.devices.create({
      imei: bareText(values.imei),
      user: user.id,
      name: values.name.trim() || null,
      ...(sim !== null && { sims: [sim.id], moveSims: true }),
    })
    finish(device, async () => {
      if (holder !== null) await putBack(handset, holder)
      await handset.devices.delete(device.id)
    })
  }

  async function take(device: Device) {
    setUnknown(null)
    const sim = await findSim()
    if (sim === undefined) return
    const holder = await holderOf(sim)
    const before = await handset.devices.retrieve(device.id)
    const sims = [...before.sims.map(({ id }) => id).filter((id) => id !== sim?.id), ...(sim === null ? [] : [sim.id])]
    const taken = await handset.devices.update(
      device.id,
      { user: user.id, ...(values.name.trim() && { name: values.name.trim() }), sims, moveSims: true },
      { ifMatch: etagOf(before) },
    )
    finish(taken, async () => {
      await putBack(handset, before)
      if (holder !== null && holder.id !== before.id) await putBack(handset, holder)
    })
  }

  function finish(device: Device, undo: () => Promise<unknown>) {
    endDraft()
    notify(`${nameOfUser(user)} has ${nameOf(device)} now.`, undo)
    onDone()
  }

  const taken = phone?.device ?? null
  const isOwn = taken?.user?.id === user.id
  return (
    <Part title="Add a phone" wide>
      <EscapeArea onEscape={cancel}>
        <Form
          action={action}
          class="task"
          fields={FIELDS}
          isDraft
          isSecondary={unknown !== null}
          isDisabled={taken !== null}
          submit={`Add it for ${nameOfUser(user)}`}
          onCancel={cancel}
          onSubmit={add}
        >
          <PhoneField
            label="IMEI of the phone"
            imei={values.imei}
            autofocus
            problem={problemAt(action.error, 'imei') ?? (isOwn ? `${nameOfUser(user)} has this phone already.` : null)}
            onImei={(imei) => change({ imei })}
            onPhone={setPhone}
          />
          {taken !== null && !isOwn && (
            <Taken device={taken} label={`Give it to ${nameOfUser(user)}`} run={() => take(taken)} />
          )}
          <SimChoice
            label="SIM (optional)"
            text={values.iccid}
            chosen={values.sim}
            suggested={own.state === 'ready' ? own.value : []}
            problem={problemAt(action.error, 'sims') ?? (unknown === null ? null : `There is no SIM ${unknown}.`)}
            onText={(iccid) => change({ iccid })}
            onChoose={(sim) => change({ sim, iccid: '' })}
          />
          {values.sim !== null && <EsimHint sims={[values.sim]} check={phone?.check} />}
          <TextField
            label="Name (optional)"
            value={values.name}
            problem={problemAt(action.error, 'name')}
            onInput={({ currentTarget }) => change({ name: currentTarget.value })}
          />
        </Form>
        {unknown !== null && (
          <CreateSimForm
            key={unknown}
            iccid={unknown}
            submitLabel="Create the SIM"
            onCreated={async (sim) => {
              change({ sim, iccid: '' })
              setUnknown(null)
            }}
          />
        )}
      </EscapeArea>
    </Part>
  )
}
