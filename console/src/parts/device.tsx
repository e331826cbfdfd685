import type { Device, Sim, UpdateDevice, User } from '@handset/sdk'
import { useRef, useState } from 'preact/hooks'
import { type Change, useChange } from '../changes.ts'
import { useLostFocus } from '../focus.ts'
import { bareText } from '../identifier.ts'
import { useAction } from '../loading.ts'
import { problemAt } from '../problems.ts'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { nameOf } from './device-lines.tsx'
import { Iccid, Imei } from './digits.tsx'
import { EsimVerdict } from './esim.tsx'
import { TextField } from './field.tsx'
import { FormEnd } from './form-end.tsx'
import { takeFocus } from './heading.tsx'
import { Icon } from './icon.tsx'
import { MetadataPart, takeBack } from './metadata.tsx'
import { CreateSimForm } from './new-sim.tsx'
import { CreateUserForm } from './new-user.tsx'
import { RecordPart } from './record.tsx'
import { Failure } from './states.tsx'

interface DeviceParts {
  device: Device
  /** Hears of the device as it is after a change. */
  onChange: (device: Device) => void
}

type ChangeDevice = Change<UpdateDevice>

/** A registered device with everything that can be done to it. */
export function DeviceView({ device, onChange }: DeviceParts) {
  const { handset } = useSession()
  const change: ChangeDevice = useChange(device, handset.devices.update, onChange)
  return (
    <article class="device" aria-labelledby="page-title">
      <header class="device-head">
        <Name device={device} change={change} />
        <ModelLine device={device} />
        {device.imei !== null && (
          <p class="number">
            <span class="quiet">IMEI</span> <Imei number={device.imei} copy />
          </p>
        )}
        <EsimVerdict model={device.model} />
      </header>
      <div class="parts">
        <UserPart device={device} change={change} />
        <SimsPart device={device} change={change} />
        <MetadataPart
          metadata={device.metadata}
          save={(metadata) =>
            change({ metadata }, 'Metadata saved.', { metadata: takeBack(device.metadata, metadata) })
          }
        />
        <RecordPart
          record={device}
          kind="device"
          name={device.name ?? device.imei ?? device.id}
          nameIs={device.name === null ? 'IMEI' : 'name'}
          list="/devices"
          remove={handset.devices.delete}
        >
          Its SIMs are free again, and its IMEI may be registered again.
        </RecordPart>
      </div>
    </article>
  )
}

function Name({ device, change }: { device: Device; change: ChangeDevice }) {
  const [editing, setEditing] = useState(false)
  const [name, setName] = useState('')
  const action = useAction()
  const opener = useRef<HTMLButtonElement>(null)
  useLostFocus(editing, () => opener.current?.focus())
  if (!editing) {
    return (
      <div class="title-line">
        <h1 id="page-title" tabIndex={-1} ref={takeFocus}>
          {nameOf(device)}
        </h1>
        <button
          ref={opener}
          type="button"
          class="button button-quiet"
          onClick={() => {
            setName(device.name ?? '')
            setEditing(true)
          }}
        >
          {device.name === null ? 'Give a name' : 'Rename'}
        </button>
      </div>
    )
  }
  return (
    <form
      noValidate
      class="inline-form"
      onKeyDown={(event) => event.key === 'Escape' && setEditing(false)}
      onSubmit={(event) => {
        event.preventDefault()
        action.run(async () => {
          const wanted = name.trim() === '' ? null : name
          if (wanted !== device.name) await change({ name: wanted }, 'Renamed.', { name: device.name })
          setEditing(false)
        })
      }}
    >
      <h1 id="page-title" class="unseen">
        {nameOf(device)}
      </h1>
      <TextField
        label="Name"
        hint="Leave it empty for none."
        value={name}
        autofocus
        problem={problemAt(action.error, 'name')}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
      <FormEnd action={action} told={['name']} submit="Save" onCancel={() => setEditing(false)} />
    </form>
  )
}

function ModelLine({ device: { model } }: { device: Device }) {
  if (model === null) return <p class="quiet">The catalogue does not know this model.</p>
  return (
    <p class="model-line">
      <Icon name={model.type} />
      <a href={hrefOf(`/models/${model.id}`)}>
        {model.brand} {model.name}
      </a>
      <span class="quiet">{model.type}</span>
    </p>
  )
}

function UserPart({ device, change }: { device: Device; change: ChangeDevice }) {
  const { user } = device
  const [assigning, setAssigning] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  useLostFocus(`${assigning} ${user?.id}`, () => opener.current?.focus())
  const assign = async (next: User) => {
    await change({ user: next.id }, `Assigned to ${next.email}.`, { user: user?.id ?? null })
    setAssigning(false)
  }
  return (
    <section class="part" aria-labelledby="user">
      <header class="part-head">
        <h2 id="user">User</h2>
        {!assigning && (
          <div class="part-actions">
            <button ref={opener} type="button" class="button button-quiet" onClick={() => setAssigning(true)}>
              {user === null ? 'Assign a user' : 'Change user'}
            </button>
            {user !== null && (
              <Quick
                label="Un-assign"
                run={() => change({ user: null }, `Un-assigned from ${user.email}.`, { user: user.id })}
              />
            )}
          </div>
        )}
      </header>
      {assigning ? (
        <AssignForm assign={assign} onCancel={() => setAssigning(false)} />
      ) : user === null ? (
        <p class="quiet">Nobody has this device.</p>
      ) : (
        <UserLine user={user} />
      )}
    </section>
  )
}

/** A user in a line: who it is, and the way to them. */
export function UserLine({ user }: { user: User }) {
  return (
    <p class="object-line">
      <Icon name="user" />
      <span>
        <a href={hrefOf(`/users/${user.id}`)}>{user.fullName ?? user.email}</a>
        {user.fullName !== null && <span class="quiet"> {user.email}</span>}
      </span>
    </p>
  )
}

/** A change of one click, with its failure beside it. */
function Quick({ label, detail, run }: { label: string; detail?: string; run: () => Promise<void> }) {
  const action = useAction()
  return (
    <>
      <button type="button" class="button button-quiet" disabled={action.busy} onClick={() => action.run(run)}>
        {label}
        {detail && <span class="unseen"> {detail}</span>}
      </button>
      {action.error !== null && <Failure error={action.error} />}
    </>
  )
}

function AssignForm({ assign, onCancel }: { assign: (user: User) => Promise<void>; onCancel: () => void }) {
  const { handset } = useSession()
  const [email, setEmail] = useState('')
  const [unknown, setUnknown] = useState<string | null>(null)
  const action = useAction()
  const told = problemAt(action.error, 'email') ?? problemAt(action.error, 'user')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves the forms inside
    <div onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setUnknown(null)
          action.run(async () => {
            const { items } = await handset.users.search({ email: email.trim() })
            if (items[0] === undefined) setUnknown(email.trim())
            else await assign(items[0])
          })
        }}
      >
        <TextField
          label="E-mail of the user"
          type="email"
          value={email}
          autofocus
          problem={told ?? (unknown === null ? null : `There is no user ${unknown}.`)}
          onInput={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <FormEnd action={action} told={['email', 'user']} submit="Assign" onCancel={onCancel} />
      </form>
      {unknown !== null && (
        <CreateUserForm key={unknown} email={unknown} submitLabel="Create the user and assign" onCreated={assign} />
      )}
    </div>
  )
}

function SimsPart({ device, change }: { device: Device; change: ChangeDevice }) {
  const [attaching, setAttaching] = useState(false)
  const ids = device.sims.map(({ id }) => id)
  const opener = useRef<HTMLButtonElement>(null)
  useLostFocus(`${attaching} ${ids}`, () => opener.current?.focus())
  const attach = async (sim: Sim) => {
    await change({ sims: [...ids, sim.id] }, 'SIM attached.', { sims: ids })
    setAttaching(false)
  }
  return (
    <section class="part" aria-labelledby="sims">
      <header class="part-head">
        <h2 id="sims">SIMs</h2>
        {!attaching && (
          <button ref={opener} type="button" class="button button-quiet" onClick={() => setAttaching(true)}>
            Attach a SIM
          </button>
        )}
      </header>
      {device.sims.length === 0 && !attaching && <p class="quiet">No SIM is on this device.</p>}
      {device.sims.length > 0 && (
        <ul class="sims">
          {device.sims.map((sim) => (
            <li key={sim.id}>
              <SimLine sim={sim} />
              <Quick
                label="Detach"
                detail={sim.iccid}
                run={() => change({ sims: ids.filter((id) => id !== sim.id) }, 'SIM detached.', { sims: ids })}
              />
            </li>
          ))}
        </ul>
      )}
      {attaching && <AttachForm attach={attach} onCancel={() => setAttaching(false)} />}
    </section>
  )
}

/** A SIM in a line: which it is, and the way to it. */
export function SimLine({ sim }: { sim: Sim }) {
  return (
    <div class="object-line">
      <Icon name="sim" />
      <span>
        <a href={hrefOf(`/sims/${sim.id}`)}>
          <Iccid number={sim.iccid} />
        </a>
        <span class="quiet">
          {sim.type} · <span class={`status status-${sim.status}`}>{sim.status}</span> · {sim.provider}
        </span>
      </span>
    </div>
  )
}

function AttachForm({ attach, onCancel }: { attach: (sim: Sim) => Promise<void>; onCancel: () => void }) {
  const { handset } = useSession()
  const [typed, setTyped] = useState('')
  const [unknown, setUnknown] = useState<string | null>(null)
  const [holder, setHolder] = useState<Device | null>(null)
  const action = useAction()
  const told = problemAt(action.error, 'iccid') ?? problemAt(action.error, 'sims')

  const find = async () => {
    setUnknown(null)
    setHolder(null)
    const iccid = bareText(typed)
    const [sim] = (await handset.sims.search({ iccid })).items
    if (sim === undefined) return setUnknown(iccid)
    try {
      await attach(sim)
    } catch (error) {
      const { items } = await handset.devices.list({ sim: sim.id, limit: 1 })
      setHolder(items[0] ?? null)
      throw error
    }
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves the forms inside
    <div onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          action.run(find)
        }}
      >
        <TextField
          label="ICCID of the SIM"
          inputMode="numeric"
          class="numeric"
          value={typed}
          autofocus
          problem={told ?? (unknown === null ? null : `There is no SIM ${unknown}.`)}
          after={
            holder !== null && (
              <p>
                It is on <a href={hrefOf(`/devices/${holder.id}`)}>{nameOf(holder)}</a>.
              </p>
            )
          }
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <FormEnd action={action} told={['iccid', 'sims']} submit="Attach" onCancel={onCancel} />
      </form>
      {unknown !== null && (
        <CreateSimForm key={unknown} iccid={unknown} submitLabel="Create the SIM and attach" onCreated={attach} />
      )}
    </div>
  )
}
