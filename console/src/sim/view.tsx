import type { Sim, UpdateSim } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { DeviceLine } from '../device/line.tsx'
import { useFocusFallback } from '../focus.ts'
import { useAction, useLoaded } from '../loading.ts'
import { Iccid } from '../parts/digits.tsx'
import { Failure } from '../parts/failure.tsx'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { focusPage, takeFocus } from '../parts/heading.tsx'
import { MetadataPart, revertOf } from '../parts/metadata.tsx'
import { Part } from '../parts/part.tsx'
import { RecordPage } from '../parts/record-page.tsx'
import { RecordPart } from '../parts/record-part.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { isShownAt, problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { useTitle } from '../title.ts'
import { type Change, useChange } from '../use-change.ts'
import { UserLine } from '../user/line.tsx'
import { SIM_STATUSES, STATUS_NAMES, Status } from './status.tsx'

/** A SIM, the device it is in, and everything that can be done with it. */
export function SimView({ sim, onChange }: { sim: Sim; onChange: (sim: Sim) => void }) {
  const { handset } = useSession()
  useTitle(`SIM ${sim.iccid}`)
  const state = `${sim.status} ${sim.provider}`
  useFocusFallback(state, focusPage)
  const change: Change<UpdateSim> = useChange(sim, handset.sims.update, onChange)
  return (
    <RecordPage
      head={
        <>
          <div class="title-line">
            <h1 id="page-title" tabIndex={-1} ref={takeFocus}>
              {sim.type} <Iccid number={sim.iccid} copy />
            </h1>
          </div>
          <p>
            <Status of={sim} /> <span class="quiet">Provider {sim.provider}</span>
          </p>
        </>
      }
    >
      <DevicePart sim={sim} />
      <StatePart key={state} sim={sim} change={change} />
      <MetadataPart
        metadata={sim.metadata}
        save={(metadata) => change({ metadata }, 'Metadata saved.', { metadata: revertOf(sim.metadata, metadata) })}
      />
      <RecordPart record={sim} kind="SIM" name={sim.iccid} nameIs="ICCID" list="/sims" remove={handset.sims.delete}>
        A SIM that is in a device must be detached first.
      </RecordPart>
    </RecordPage>
  )
}

function DevicePart({ sim }: { sim: Sim }) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => (await handset.devices.list({ sim: sim.id, limit: 1 }, { signal })).items[0],
    [handset, sim.id],
  )
  return (
    <Part title="Device">
      <WhenLoaded loaded={loaded}>
        {(device) =>
          device === undefined ? (
            <p class="quiet">This SIM is in no device. Attach it on the page of a device.</p>
          ) : (
            <>
              <DeviceLine device={device} />
              {device.user !== null && <UserLine user={device.user} />}
            </>
          )
        }
      </WhenLoaded>
    </Part>
  )
}

function StatePart({ sim, change }: { sim: Sim; change: Change<UpdateSim> }) {
  const [status, setStatus] = useState(sim.status)
  const [provider, setProvider] = useState(sim.provider)
  const action = useAction()
  const isChanged = status !== sim.status || provider !== sim.provider
  return (
    <Part title="State">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          action.run(() => change({ status, provider }, 'Saved.', { status: sim.status, provider: sim.provider }))
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
              <option key={name} value={name}>
                {STATUS_NAMES[name]}
              </option>
            ))}
          </ChoiceField>
          <TextField
            label="Provider"
            value={provider}
            problem={problemAt(action.error, 'provider')}
            onInput={({ currentTarget }) => setProvider(currentTarget.value)}
          />
        </div>
        {action.error !== null && !isShownAt(action.error, ['status', 'provider']) && <Failure error={action.error} />}
        {isChanged && (
          <div class="actions">
            <button type="submit" class="button button-main" disabled={action.busy}>
              Save
            </button>
          </div>
        )}
      </form>
    </Part>
  )
}
