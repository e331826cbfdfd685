import { type Device, etagOf, type Sim, type UpdateSim } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { DeviceLine } from '../device/line.tsx'
import { nameOf } from '../device/name.ts'
import { useFocusFallback } from '../focus.ts'
import { type Loaded, useAction, useLoaded } from '../loading.ts'
import { useNotices } from '../notices.tsx'
import { Iccid } from '../parts/digits.tsx'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Form } from '../parts/form.tsx'
import { focusPage, takeFocus } from '../parts/heading.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { MetadataPart, revertOf } from '../parts/metadata.tsx'
import { Part } from '../parts/part.tsx'
import { RecordPage } from '../parts/record-page.tsx'
import { RecordPart } from '../parts/record-part.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { restoreSim } from '../task/restore.ts'
import { SimTask, TaskButton } from '../task/tasks.tsx'
import { putBack } from '../task/undo.ts'
import { useTitle } from '../title.ts'
import { type Change, useChange } from '../use-change.ts'
import { UserLine } from '../user/line.tsx'
import { Status } from './status.tsx'
import { SIM_STATUSES, STATUS_NAMES } from './status-names.ts'
import { SIM_TYPE_NAMES } from './type-names.ts'

/** A SIM, the device it is in, and everything that can be done with it. */
export function SimView({ sim, onChange }: { sim: Sim; onChange: (sim: Sim) => void }) {
  const { handset } = useSession()
  useTitle(`SIM ${sim.iccid}`)
  const state = `${sim.status} ${sim.provider}`
  useFocusFallback(state, focusPage)
  const [loaded] = useLoaded(
    async (signal) => {
      const [found] = (await handset.devices.list({ sim: sim.id, limit: 1 }, { signal })).items
      return { holder: found === undefined ? null : await handset.devices.retrieve(found.id, { signal }) }
    },
    [handset, sim.id],
  )
  const holder = loaded.state === 'ready' ? loaded.value.holder : null
  const [takenOutOf, setTakenOutOf] = useState<Device | null>(null)
  const change: Change<UpdateSim> = useChange(sim, handset.sims.update, onChange)
  return (
    <RecordPage
      history={{ object: sim.id }}
      head={
        <>
          <div class="title-line">
            <h1 id="page-title" tabIndex={-1} ref={takeFocus}>
              {SIM_TYPE_NAMES[sim.type]} <Iccid number={sim.iccid} copy />
            </h1>
          </div>
          <p>
            <Status of={sim} /> <span class="quiet">Provider {sim.provider}</span>
          </p>
        </>
      }
      actions={
        loaded.state === 'ready' && (
          <TaskButton task="put-in" isMain>
            {holder === null ? 'Put into a phone' : 'Move to another phone'}
          </TaskButton>
        )
      }
      task={loaded.state === 'ready' && <SimTask sim={sim} holder={holder} />}
    >
      <DevicePart loaded={loaded} sim={sim} onTakenOut={setTakenOutOf} />
      <ForEditors>
        <StatePart key={state} sim={sim} change={change} />
      </ForEditors>
      <MetadataPart
        metadata={sim.metadata}
        save={(metadata) => change({ metadata }, 'Metadata saved.', { metadata: revertOf(sim.metadata, metadata) })}
      />
      <RecordPart
        record={sim}
        kind="SIM"
        name={sim.iccid}
        nameIs="ICCID"
        list="/sims"
        remove={handset.sims.delete}
        restore={() => restoreSim(handset, sim, takenOutOf)}
        obstacle={
          holder && (
            <>
              <p>This SIM is in {nameOf(holder)}. Take it out first. Then you can delete it.</p>
              <div class="actions">
                <TakeOut sim={sim} holder={holder} onTakenOut={setTakenOutOf} isMain />
                <form method="dialog">
                  <button type="submit" class="button">
                    Keep it
                  </button>
                </form>
              </div>
            </>
          )
        }
      >
        Its ICCID can be added again.
      </RecordPart>
    </RecordPage>
  )
}

interface DevicePartProps {
  loaded: Loaded<{ holder: Device | null }>
  sim: Sim
  onTakenOut: (holder: Device) => void
}

function DevicePart({ loaded, sim, onTakenOut }: DevicePartProps) {
  return (
    <Part
      title="Device"
      action={
        loaded.state === 'ready' &&
        loaded.value.holder && <TakeOut sim={sim} holder={loaded.value.holder} onTakenOut={onTakenOut} />
      }
    >
      <WhenLoaded loaded={loaded}>
        {({ holder }) =>
          holder === null ? (
            <p class="quiet">This SIM is in no phone.</p>
          ) : (
            <>
              <DeviceLine device={holder} />
              {holder.user !== null && <UserLine user={holder.user} />}
            </>
          )
        }
      </WhenLoaded>
    </Part>
  )
}

interface TakeOutProps {
  sim: Sim
  holder: Device
  onTakenOut: (holder: Device) => void
  isMain?: boolean
}

function TakeOut({ sim, holder, onTakenOut, isMain = false }: TakeOutProps) {
  const { handset } = useSession()
  const { notify } = useNotices()
  return (
    <InlineAction
      label={isMain ? 'Take it out' : 'Take out'}
      isMain={isMain}
      run={async () => {
        const sims = holder.sims.map(({ id }) => id).filter((id) => id !== sim.id)
        await handset.devices.update(holder.id, { sims }, { ifMatch: etagOf(holder) })
        onTakenOut(holder)
        notify(`Taken out of ${nameOf(holder)}.`, () => putBack(handset, holder))
      }}
    />
  )
}

function StatePart({ sim, change }: { sim: Sim; change: Change<UpdateSim> }) {
  const [status, setStatus] = useState(sim.status)
  const [provider, setProvider] = useState(sim.provider)
  const action = useAction()
  const isChanged = status !== sim.status || provider !== sim.provider
  return (
    <Part title="State">
      <Form
        action={action}
        fields={['status', 'provider']}
        submit="Save"
        isUnchanged={!isChanged}
        onSubmit={() => change({ status, provider }, 'Saved.', { status: sim.status, provider: sim.provider })}
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
      </Form>
    </Part>
  )
}
