import { distance } from 'fastest-levenshtein'

/** The known name that an unknown one is probably a misspelling of, or null. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name.length > 64) return null
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  const [best] = ranked
  return best && best.edits <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : null
}
