import type { Device, Sim } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { nameOf } from '../device/name.ts'
import { useDraft } from '../drafts.ts'
import { Existing } from '../find/existing.tsx'
import { Picker } from '../find/picker.tsx'
import { bareEmail, bareText } from '../identifier/read.ts'
import { useAction } from '../loading.ts'
import { useNotices } from '../notices.tsx'
import { TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Heading } from '../parts/heading.tsx'
import { hasCode, problemAt } from '../problems.ts'
import { hrefOf, navigate, useRoute } from '../router.ts'
import { useSession } from '../session.ts'
import { MoveHere } from '../task/move-here.tsx'
import { PhoneField } from '../task/phone-field.tsx'
import { putBack } from '../task/undo.ts'

const FIELDS = ['imei', 'name', 'user', 'sims', 'email', 'iccid']

export function RegisterPage() {
  const { handset } = useSession()
  const { query } = useRoute()
  const { notify } = useNotices()
  const [{ imei, name, email, iccid }, change, endDraft] = useDraft({
    imei: query.get('imei') ?? '',
    name: '',
    email: '',
    iccid: '',
  })
  const [unknown, setUnknown] = useState<{ email?: string; iccid?: string }>({})
  const [holder, setHolder] = useState<Device | null>(null)
  const action = useAction()

  /** Takes the SIM out of `from`, if the person agreed to that. */
  async function register(from: Device | null = null) {
    setUnknown({})
    const given = { email: bareEmail(email), iccid: bareText(iccid) }
    const [users, sims] = await Promise.all([
      given.email === '' ? null : handset.users.search({ email: given.email }),
      given.iccid === '' ? null : handset.sims.search({ iccid: given.iccid }),
    ])
    const missing = {
      ...(users?.items.length === 0 && { email: `There is no user ${given.email}.` }),
      ...(sims?.items.length === 0 && { iccid: `There is no SIM ${given.iccid}.` }),
    }
    if (Object.keys(missing).length > 0) return setUnknown(missing)
    try {
      const device = await handset.devices.create({
        imei: bareText(imei),
        name: name.trim() || null,
        user: users?.items[0]?.id ?? null,
        sims: sims?.items.map(({ id }) => id) ?? null,
        ...(from !== null && { moveSims: true }),
      })
      endDraft()
      navigate(hrefOf(`/devices/${device.id}`))
      notify(`Registered ${nameOf(device)}.`, async () => {
        if (from !== null) await putBack(handset, from)
        await handset.devices.delete(device.id)
      })
    } catch (error) {
      const [sim] = sims?.items ?? []
      if (sim !== undefined && hasCode(error, 'deviceSimAlreadyUsed')) setHolder(await findHolder(sim))
      throw error
    }
  }

  async function findHolder(sim: Sim): Promise<Device | null> {
    return (await handset.devices.list({ sim: sim.id, limit: 1 })).items[0] ?? null
  }

  return (
    <>
      <Heading title="Register a device" />
      <Form action={action} class="card" fields={FIELDS} isDraft submit="Register" onSubmit={register}>
        <PhoneField
          label="IMEI"
          imei={imei}
          autofocus={imei === ''}
          problem={problemAt(action.error, 'imei')}
          after={<Existing error={action.error} code="deviceImeiAlreadyExists" kind="device" text={imei} />}
          onImei={(imei) => change({ imei })}
          onPhone={() => {}}
        />
        <TextField
          label="Name (optional)"
          value={name}
          autofocus={imei !== ''}
          problem={problemAt(action.error, 'name')}
          onInput={({ currentTarget }) => change({ name: currentTarget.value })}
        />
        <Picker
          kind="user"
          label="E-mail of its user (optional)"
          text={email}
          problem={problemAt(action.error, 'user') ?? problemAt(action.error, 'email') ?? unknown.email}
          after={
            unknown.email && (
              <p>
                <a href={hrefOf('/users/new', { email: bareEmail(email) })}>Add this user first</a>, or leave it empty.
              </p>
            )
          }
          onText={(email) => change({ email })}
          onPick={({ object }) => change({ email: object.email })}
        />
        <Picker
          kind="sim"
          label="ICCID of its SIM (optional)"
          text={iccid}
          problem={
            problemAt(action.error, 'iccid') ??
            (holder === null ? problemAt(action.error, 'sims') : null) ??
            unknown.iccid
          }
          after={
            unknown.iccid && (
              <p>
                <a href={hrefOf('/sims/new', { iccid: bareText(iccid) })}>Add this SIM first</a>, or leave it empty.
              </p>
            )
          }
          onText={(iccid) => {
            change({ iccid })
            setHolder(null)
          }}
          onPick={({ object }) => change({ iccid: object.iccid })}
        />
        {holder !== null && <MoveHere holder={holder} run={() => register(holder)} />}
      </Form>
    </>
  )
}
