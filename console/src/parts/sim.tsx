import type { Sim, UpdateSim } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { type Change, useChange } from '../changes.ts'
import { useLostFocus } from '../focus.ts'
import { useAction, useLoaded } from '../loading.ts'
import { isToldAt, problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { useTitle } from '../title.ts'
import { UserLine } from './device.tsx'
import { DeviceLine } from './device-lines.tsx'
import { Iccid } from './digits.tsx'
import { ChoiceField, TextField } from './field.tsx'
import { focusPage, takeFocus } from './heading.tsx'
import { MetadataPart, takeBack } from './metadata.tsx'
import { RecordPart } from './record.tsx'
import { Failure, Shown } from './states.tsx'

export const SIM_STATUSES = ['inactive', 'active', 'retired'] as const satisfies readonly Sim['status'][]

type ChangeSim = Change<UpdateSim>

/** A SIM with the device that it is on, and everything that can be done to it. */
export function SimView({ sim, onChange }: { sim: Sim; onChange: (sim: Sim) => void }) {
  const { handset } = useSession()
  useTitle(`SIM ${sim.iccid}`)
  const state = `${sim.status} ${sim.provider}`
  useLostFocus(state, focusPage)
  const change: ChangeSim = useChange(sim, handset.sims.update, onChange)
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
          <span class="quiet"> · provider {sim.provider}</span>
        </p>
      </header>
      <div class="parts">
        <HolderPart sim={sim} />
        <StatePart key={state} sim={sim} change={change} />
        <MetadataPart
          metadata={sim.metadata}
          save={(metadata) => change({ metadata }, 'Metadata saved.', { metadata: takeBack(sim.metadata, metadata) })}
        />
        <RecordPart record={sim} kind="SIM" name={sim.iccid} nameIs="ICCID" list="/sims" remove={handset.sims.delete}>
          A SIM that is on a device is detached there first.
        </RecordPart>
      </div>
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
            <p class="quiet">On no device. It is attached on the page of a device.</p>
          ) : (
            <>
              <DeviceLine device={device} />
              {device.user !== null && <UserLine user={device.user} />}
            </>
          )
        }
      </Shown>
    </section>
  )
}

function StatePart({ sim, change }: { sim: Sim; change: ChangeSim }) {
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
