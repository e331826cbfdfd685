import type { Handset } from '@handset/sdk'
import { readIdentifier } from '../identifier/read.ts'
import { SIM_STATUSES } from '../sim/status-names.ts'
import { type Hit, type HitOf, type Kind, titleOf } from './hit.ts'

export interface FindOptions {
  signal: AbortSignal
  /** The maximum number of hits of each kind. */
  limit: number
}

/** A word: the API rejects a search without one. */
const WORD = /[\p{L}\p{N}]/u

/**
 * Finds objects of these kinds by what a person typed: a number, an id, an e-mail address, or the starts of words. Each
 * kind has its hits together, in the order of `kinds`: those with whole words of the text first.
 */
export async function find<Of extends Kind>(
  handset: Handset,
  kinds: readonly Of[],
  text: string,
  options: FindOptions,
): Promise<HitOf<Of>[]> {
  if (!WORD.test(text)) return []
  const found = await Promise.all(kinds.map((kind) => FINDERS[kind](handset, text.trim(), options)))
  return found.flatMap((hits) => byWholeWords(hits, text)) as HitOf<Of>[]
}

/** Sorts by how many words of the title are words of the text, so that “anna” finds Anna before Annabel. */
function byWholeWords(hits: Hit[], text: string): Hit[] {
  const typed = wordsOf(text)
  const count = (hit: Hit) => wordsOf(titleOf(hit)).filter((word) => typed.includes(word)).length
  return hits.sort((a, b) => count(b) - count(a))
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

type Finder = (handset: Handset, text: string, options: FindOptions) => Promise<Hit[]>

const FINDERS: Record<Kind, Finder> = {
  async user(handset, text, { signal, limit }) {
    const reading = readIdentifier(text)
    const { items } =
      reading.kind === 'email'
        ? await handset.users.search({ email: reading.email }, { signal })
        : await handset.users.list({ q: text, limit }, { signal })
    return items.map((object) => ({ kind: 'user', object }))
  },
  async device(handset, text, { signal, limit }) {
    const reading = readIdentifier(text)
    const isNumber = reading.kind === 'imei' || reading.kind === 'imeisv'
    const { items } = isNumber
      ? await handset.devices.search({ imei: reading.imei }, { signal })
      : await handset.devices.list({ q: text, limit }, { signal })
    return items.map((object) => ({ kind: 'device', object }))
  },
  async sim(handset, text, { signal, limit }) {
    const reading = readIdentifier(text)
    const { items } =
      reading.kind === 'iccid'
        ? await handset.sims.search({ iccid: reading.iccid }, { signal })
        : await handset.sims.list({ q: text, status: [...SIM_STATUSES], limit }, { signal })
    return items.map((object) => ({ kind: 'sim', object }))
  },
  async model(handset, text, { signal, limit }) {
    if (readIdentifier(text).kind !== 'text') return []
    const { items } = await handset.deviceModels.list({ q: text, limit }, { signal })
    return items.map((object) => ({ kind: 'model', object }))
  },
}
