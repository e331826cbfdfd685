import { type Device, HandsetError } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { nameOf, nameOfModel } from '../device/name.ts'
import { useDraft } from '../drafts.ts'
import { bareEmail, bareText, readIdentifier } from '../identifier/read.ts'
import { remarkOn } from '../identifier/remark.ts'
import { useAction, useLoaded } from '../loading.ts'
import { takesEsim } from '../model/esim.tsx'
import { TYPE_NAMES } from '../model/type.ts'
import { useNotices } from '../notices.tsx'
import { TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import '../parts/object-line.css'
import { NumberField } from '../parts/number-field.tsx'
import { problemAt } from '../problems.ts'
import { hrefOf, navigate, useRoute } from '../router.ts'
import { useSession } from '../session.ts'

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
  const [existing, setExisting] = useState<Device | null>(null)
  const action = useAction()
  const reading = readIdentifier(imei)
  const remark = remarkOn(reading)

  async function register() {
    setUnknown({})
    setExisting(null)
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
      })
      endDraft()
      navigate(hrefOf(`/devices/${device.id}`))
      notify('Registered.')
    } catch (error) {
      if (error instanceof HandsetError && error.details.some(({ code }) => code === 'deviceImeiAlreadyExists')) {
        setExisting((await handset.devices.search({ imei: bareText(imei) })).items[0] ?? null)
      }
      throw error
    }
  }

  return (
    <>
      <Heading title="Register a device" />
      <Form action={action} class="card" fields={FIELDS} isDraft submit="Register" onSubmit={register}>
        <NumberField
          label="IMEI"
          kinds={['imei', 'imeisv']}
          autofocus={imei === ''}
          hint={remark.text || 'On the box, in the settings, or dial *#06#.'}
          value={imei}
          problem={problemAt(action.error, 'imei')}
          after={
            existing !== null && (
              <p>
                It is <a href={hrefOf(`/devices/${existing.id}`)}>{nameOf(existing)}</a>.
              </p>
            )
          }
          onValue={(imei) => change({ imei })}
        />
        {(reading.kind === 'imei' || reading.kind === 'imeisv') && <Phone imei={reading.imei} />}
        <TextField
          label="Name (optional)"
          value={name}
          autofocus={imei !== ''}
          problem={problemAt(action.error, 'name')}
          onInput={({ currentTarget }) => change({ name: currentTarget.value })}
        />
        <TextField
          label="E-mail of its user (optional)"
          type="email"
          value={email}
          problem={problemAt(action.error, 'user') ?? problemAt(action.error, 'email') ?? unknown.email}
          after={
            unknown.email && (
              <p>
                <a href={hrefOf('/users/new', { email: bareEmail(email) })}>Add this user first</a>, or leave it empty.
              </p>
            )
          }
          onInput={({ currentTarget }) => change({ email: currentTarget.value })}
        />
        <NumberField
          label="ICCID of its SIM (optional)"
          kinds={['iccid']}
          value={iccid}
          problem={problemAt(action.error, 'sims') ?? problemAt(action.error, 'iccid') ?? unknown.iccid}
          after={
            unknown.iccid && (
              <p>
                <a href={hrefOf('/sims/new', { iccid: bareText(iccid) })}>Add this SIM first</a>, or leave it empty.
              </p>
            )
          }
          onValue={(iccid) => change({ iccid })}
        />
      </Form>
    </>
  )
}

/** The model of an IMEI. Registering does not wait for it. */
function Phone({ imei }: { imei: string }) {
  const { handset } = useSession()
  const [loaded] = useLoaded((signal) => handset.deviceModels.search({ imei }, { signal }), [handset, imei])
  if (loaded.state !== 'ready') return null
  const [model = null] = loaded.value.items
  return (
    <p class="object-line" role="status">
      <Icon name={model?.type ?? 'question'} />
      <span>
        {nameOfModel(model)}
        <span class="quiet">
          {model !== null && `${TYPE_NAMES[model.type]} · `}takes an eSIM: {takesEsim(model)}
        </span>
      </span>
    </p>
  )
}
