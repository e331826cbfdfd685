import { type Device, etagOf, type Sim } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { DeviceLine } from '../device/line.tsx'
import { nameOf, nameOfUser } from '../device/name.ts'
import { Picker } from '../find/picker.tsx'
import { focusSubmit, useFocusFallback } from '../focus.ts'
import { bareText, readIdentifier } from '../identifier/read.ts'
import { remarkOn } from '../identifier/remark.ts'
import { useAction } from '../loading.ts'
import { CheckAnswer, useCheck } from '../model/answer.tsx'
import { useNotices } from '../notices.tsx'
import { Form } from '../parts/form.tsx'
import { Part } from '../parts/part.tsx'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { EsimHint } from './esim-hint.tsx'
import './task.css'
import { putBack } from './undo.ts'

/** Puts a SIM into a phone, in one request. If it is in another phone, it is taken out of that one. */
export function PutIntoPhone({
  sim,
  holder,
  onDone,
  onCancel,
}: {
  sim: Sim
  holder: Device | null
  onDone: () => void
  onCancel: () => void
}) {
  const { handset } = useSession()
  const { notify } = useNotices()
  const [text, setText] = useState('')
  const [device, setDevice] = useState<Device | null>(null)
  const [missing, setMissing] = useState<string | null>(null)
  const action = useAction()
  useFocusFallback(device, focusSubmit)
  const reading = readIdentifier(text)

  async function put(device: Device) {
    const before = await handset.devices.retrieve(device.id)
    const sims = [...before.sims.map(({ id }) => id).filter((id) => id !== sim.id), sim.id]
    const after = await handset.devices.update(device.id, { sims, moveSims: true }, { ifMatch: etagOf(before) })
    finish(after, async () => {
      if (holder === null) await handset.devices.update(device.id, { sims: before.sims.map(({ id }) => id) })
      else await putBack(handset, holder)
    })
  }

  async function register(imei: string) {
    const user = holder?.user?.id ?? null
    const device = await handset.devices.create({ imei, user, sims: [sim.id], moveSims: true })
    finish(device, async () => {
      if (holder !== null) await putBack(handset, holder)
      await handset.devices.delete(device.id)
    })
  }

  function finish(device: Device, undo: () => Promise<unknown>) {
    notify(`The SIM is in ${nameOf(device)} now.`, undo)
    onDone()
  }

  async function submit() {
    if (device !== null) return put(device)
    if (missing !== null) return register(missing)
    const imei = bareText(text)
    const [found] = (await handset.devices.search({ imei })).items
    if (found === undefined) setMissing(imei)
    else setDevice(found)
  }

  return (
    <Part title={holder === null ? 'Put into a phone' : 'Move to another phone'} wide>
      <Form
        action={action}
        class="task"
        fields={['imei', 'sims']}
        submit={submitLabel(device, missing)}
        onCancel={onCancel}
        onSubmit={submit}
      >
        {device === null ? (
          <Picker
            kind="device"
            label="The phone"
            hint={reading.kind === 'imei' ? remarkOn(reading).text : 'Its IMEI or name.'}
            text={text}
            autofocus
            problem={problemAt(action.error, 'imei')}
            onText={(text) => {
              setText(text)
              setMissing(null)
            }}
            onPick={({ object }) => setDevice(object)}
          />
        ) : (
          <div class="chosen" role="status">
            <DeviceLine device={device} />
            <p>{device.user === null ? 'Nobody has this phone.' : `It belongs to ${nameOfUser(device.user)}.`}</p>
            <Check imei={device.imei} />
            <button type="button" class="button button-quiet" onClick={() => setDevice(null)}>
              Choose another phone
            </button>
          </div>
        )}
        {missing !== null && (
          <div class="phone-answer" role="status">
            <p>
              This phone is not registered yet.
              {holder?.user && ` It will belong to ${nameOfUser(holder.user)}, as the phone that the SIM is in now.`}
            </p>
            <Check imei={missing} />
          </div>
        )}
        {holder !== null && <p class="quiet">The SIM is taken out of {nameOf(holder)}.</p>}
        <EsimHint sims={[sim]} />
      </Form>
    </Part>
  )
}

function submitLabel(device: Device | null, missing: string | null): string {
  if (device !== null) return `Put it into ${nameOf(device)}`
  return missing === null ? 'Put it in' : 'Register the phone and put it in'
}

function Check({ imei }: { imei: string | null }) {
  const check = useCheck(imei === null ? null : { imei })
  return check === null ? null : <CheckAnswer check={check} />
}
