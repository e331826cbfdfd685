import type { Device, Sim } from '@handset/sdk'
import { nameOf } from '../device/name.ts'
import { Picker } from '../find/picker.tsx'
import { useLoaded } from '../loading.ts'
import { useSession } from '../session.ts'
import { SimLine } from '../sim/line.tsx'
import { SIM_TYPE_NAMES } from '../sim/type-names.ts'

/** A SIM that was chosen, or the field that finds one. Says which phone the SIM would be taken out of. */
export function SimChoice({
  label,
  text,
  chosen,
  suggested,
  problem,
  onText,
  onChoose,
}: {
  label: string
  text: string
  chosen: Sim | null
  /** Offered with one click. */
  suggested: readonly Sim[]
  problem: string | null | undefined
  onText: (text: string) => void
  onChoose: (sim: Sim | null) => void
}) {
  if (chosen !== null) return <ChosenSim sim={chosen} onClear={() => onChoose(null)} />
  return (
    <div class="number-field">
      <Picker
        kind="sim"
        label={label}
        text={text}
        hint="Its number (ICCID), or the last four digits."
        problem={problem}
        onText={onText}
        onPick={({ object }) => onChoose(object)}
      />
      {suggested.length > 0 && text === '' && (
        <div class="actions">
          {suggested.map((sim) => (
            <button key={sim.id} type="button" class="button" onClick={() => onChoose(sim)}>
              Move the {SIM_TYPE_NAMES[sim.type]} ending in {sim.iccid.slice(-4)}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

function ChosenSim({ sim, onClear }: { sim: Sim; onClear: () => void }) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => ({
      holder: (await handset.devices.list({ sim: sim.id, limit: 1 }, { signal })).items[0] ?? null,
    }),
    [handset, sim.id],
  )
  const holder = loaded.state === 'ready' ? loaded.value.holder : null
  return (
    <div class="chosen" role="status">
      <SimLine sim={sim} />
      {holder !== null && <p>{whereText(holder)} It moves to this phone.</p>}
      <button type="button" class="button button-quiet" onClick={onClear}>
        Choose another SIM
      </button>
    </div>
  )
}

/** Where a SIM is now, for example "It is in Anna's Galaxy S22." */
export function whereText(holder: Device): string {
  return `It is in ${nameOf(holder)}.`
}
