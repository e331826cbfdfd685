import type { DeviceModelCheck } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { useSession } from '../session.ts'
import './answer.css'
import { CatalogueSize } from './catalogue-size.tsx'
import { VerdictPill } from './esim.tsx'

/** What a check is about: an IMEI, or a model by its id. */
export type Checked = { imei: string } | { model: string }

/** The SIM types that a phone takes; null until the answer is there. */
export function useCheck(of: Checked | null): DeviceModelCheck | null {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => (of === null ? null : handset.deviceModels.check(of, { signal })),
    [handset, JSON.stringify(of)],
  )
  return loaded.state === 'ready' ? loaded.value : null
}

/** Whether a phone takes an eSIM, with the reason and what to ask the caller. */
export function EsimAnswer({ of }: { of: Checked }) {
  const check = useCheck(of)
  return check === null ? null : <CheckAnswer check={check} />
}

/** The answers of a check. Also says that a phone takes no SIM card, since none can be moved into it. */
export function CheckAnswer({ check: { model, eSIM, pSIM } }: { check: DeviceModelCheck }) {
  return (
    <div class="esim-answer">
      <VerdictPill verdict={eSIM.answer} />
      <p class="quiet">{eSIM.reason}</p>
      {eSIM.ask !== null && (
        <p>
          <strong>Ask the caller:</strong> {eSIM.ask}
        </p>
      )}
      {pSIM.answer === 'no' && <p>It takes no SIM card.</p>}
      {model === null && <CatalogueSize />}
    </div>
  )
}
