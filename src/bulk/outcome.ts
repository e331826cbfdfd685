import { ApiError } from '../errors.ts'

/** What an import did with one row. */
export type ImportOutcome =
  | { status: 'created' | 'updated' | 'unchanged'; id: string }
  | { status: 'rejected'; error: ApiError }

export interface ImportRules {
  /** Whether a row that differs from the stored object updates it, as a PATCH would. If not, it is rejected. */
  update: boolean
  /** Whether created objects produce events. Updates always do. */
  events: boolean
}

/** The counts of an import. All but `rows` add up to `rows`. */
export interface Summary {
  rows: number
  created: number
  updated: number
  unchanged: number
  rejected: number
}

export function emptySummary(): Summary {
  return { rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 }
}

export function addOutcome(summary: Summary, { status }: ImportOutcome): void {
  summary.rows += 1
  summary[status] += 1
}

/** The outcome of a row with invalid properties. Rethrows any other error, which fails the whole batch. */
export function rejected(error: unknown): ImportOutcome {
  if (error instanceof ApiError && (error.type === 'invalid' || error.type === 'notFound')) {
    return { status: 'rejected', error }
  }
  throw error
}

/** Why a row was rejected, as text. */
export function reasonOf({ message, hint, problems }: ApiError): string {
  const reasons = problems.length > 0 ? problems : [{ message, hint }]
  return reasons.map((reason) => (reason.hint ? `${reason.message}. ${reason.hint}` : reason.message)).join('; ')
}

/** Which of the given properties differ from what is stored. Only the given keys of metadata are compared. */
export function differingProperties(given: object, stored: Record<string, unknown>): string[] {
  return Object.entries(given).flatMap(([property, value]) => {
    if (value === undefined || !(property in stored)) return []
    const isSame =
      property === 'metadata'
        ? Object.entries(value as object).every(([key, text]) => ownValue(stored[property] as object, key) === text)
        : JSON.stringify(value) === JSON.stringify(stored[property])
    return isSame ? [] : [property]
  })
}

/** Reads own properties only, because `__proto__` is an ordinary key of metadata. */
function ownValue(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value
}
