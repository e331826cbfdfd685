import { etagOf, type Sim, type UpdateSim } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { useAction, useLoaded } from '../loading.ts'
import { useNotices } from '../notices.tsx'
import { isToldAt, problemAt } from '../problems.ts'
import { goTo, hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { useTitle } from '../title.ts'
import { nameOf, UserLine } from './device.tsx'
import { DeleteDialog } from './dialog.tsx'
import { Iccid, Imei } from './digits.tsx'
import { ChoiceField, TextField } from './field.tsx'
import { takeFocus } from './heading.tsx'
import { Icon } from './icon.tsx'
import { MetadataPart, takeBack } from './metadata.tsx'
import { Failure, Shown } from './states.tsx'
import { Moment } from './time.tsx'

export const SIM_STATUSES = ['inactive', 'active', 'retired'] as const satisfies readonly Sim['status'][]

type Change = (body: UpdateSim, said: string, undo: UpdateSim) => Promise<void>

/** A SIM with the device that it is on, and everything that can be done to it. */
export function SimView({ sim, onChange }: { sim: Sim; onChange: (sim: Sim) => void }) {
  const { handset } = useSession()
  const { say } = useNotices()
  const [deleting, setDeleting] = useState(false)
  useTitle(`SIM ${sim.iccid}`)
  const change: Change = async (body, said, undo) => {
    const changed = await handset.sims.update(sim.id, body, { ifMatch: etagOf(sim) })
    onChange(changed)
    say(said, async () => onChange(await handset.sims.update(sim.id, undo, { ifMatch: etagOf(changed) })))
  }
  return (
    <article class="device" aria-labelledby="page-title">
      <header class="device-head">
        <div class="title-line">
          <h1 id="page-title" tabIndex={-1} ref={takeFocus}>
            {sim.type} <Iccid number={sim.iccid} copy />
          </h1>
        </div>
        <p>
          <span class={`status status-${sim.status}`}>{sim.status}</span>
          <span class="quiet"> provider {sim.provider}</span>
        </p>
      </header>
      <div class="parts">
        <HolderPart sim={sim} />
        <StatePart sim={sim} change={change} />
        <MetadataPart
          key={JSON.stringify(sim.metadata)}
          metadata={sim.metadata}
          save={(metadata) => change({ metadata }, 'Metadata saved.', { metadata: takeBack(sim.metadata, metadata) })}
        />
        <section class="part" aria-labelledby="about">
          <header class="part-head">
            <h2 id="about">Record</h2>
            <button type="button" class="button button-quiet button-danger-quiet" onClick={() => setDeleting(true)}>
              Delete SIM
            </button>
          </header>
          <dl class="facts">
            <div>
              <dt>Added</dt>
              <dd>
                <Moment at={sim.createdAt} />
              </dd>
            </div>
            <div>
              <dt>Id</dt>
              <dd>
                <code>{sim.id}</code>
              </dd>
            </div>
          </dl>
        </section>
      </div>
      {deleting && (
        <DeleteDialog
          title="Delete this SIM?"
          name={sim.iccid}
          what="ICCID"
          onClose={() => setDeleting(false)}
          onDelete={async () => {
            await handset.sims.delete(sim.id, { ifMatch: etagOf(sim) })
            goTo(hrefOf('/sims'))
            say('Deleted the SIM.')
          }}
        >
          <p>A SIM that is on a device is detached there first. This cannot be undone.</p>
        </DeleteDialog>
      )}
    </article>
  )
}

function HolderPart({ sim }: { sim: Sim }) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => (await handset.devices.list({ sim: sim.id, limit: 1 }, { signal })).items[0],
    [handset, sim.id],
  )
  return (
    <section class="part" aria-labelledby="holder">
      <header class="part-head">
        <h2 id="holder">On the device</h2>
      </header>
      <Shown of={loaded}>
        {(device) =>
          device === undefined ? (
            <p class="quiet">On no device.</p>
          ) : (
            <>
              <div class="object-line">
                <Icon name={device.model?.type ?? 'question'} />
                <span>
                  <a href={hrefOf(`/devices/${device.id}`)}>{nameOf(device)}</a>
                  <span class="quiet">{device.imei !== null && <Imei number={device.imei} />}</span>
                </span>
              </div>
              {device.user !== null && <UserLine user={device.user} />}
            </>
          )
        }
      </Shown>
    </section>
  )
}

function StatePart({ sim, change }: { sim: Sim; change: Change }) {
  const [status, setStatus] = useState(sim.status)
  const [provider, setProvider] = useState(sim.provider)
  const action = useAction()
  const isChanged = status !== sim.status || provider !== sim.provider
  return (
    <section class="part" aria-labelledby="state">
      <header class="part-head">
        <h2 id="state">State</h2>
      </header>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const { status: statusBefore, provider: providerBefore } = sim
          action.run(() => change({ status, provider }, 'Saved.', { status: statusBefore, provider: providerBefore }))
        }}
      >
        <div class="side-by-side">
          <ChoiceField
            label="Status"
            value={status}
            problem={problemAt(action.error, 'status')}
            onChange={({ currentTarget }) => setStatus(currentTarget.value as Sim['status'])}
          >
            {SIM_STATUSES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </ChoiceField>
          <TextField
            label="Provider"
            value={provider}
            problem={problemAt(action.error, 'provider')}
            onInput={({ currentTarget }) => setProvider(currentTarget.value)}
          />
        </div>
        {action.error !== null && !isToldAt(action.error, ['status', 'provider']) && <Failure error={action.error} />}
        {isChanged && (
          <div class="actions">
            <button type="submit" class="button button-main" disabled={action.busy}>
              Save
            </button>
          </div>
        )}
      </form>
    </section>
  )
}
