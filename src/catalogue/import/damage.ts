import { SetupError } from '../../errors.ts'

/** The share of rows that may look damaged, in percent, before a file is rejected. */
export const MAX_DAMAGE = 5
/** This many damaged rows are accepted in any file. */
const FEW_ROWS = 20

/** Rows of a file that look damaged. */
export interface Damage {
  /** Rows that repeat the TAC of an earlier row. */
  repeated: number
  /** Rows that lack columns. */
  cut: number
  /** Rows with a quote that is not closed, or that stands inside a cell. */
  quotes: number
}

/** Throws `SetupError` for a file with more damaged rows than `maxDamage` percent. */
export function rejectDamaged(rows: number, { repeated, cut, quotes }: Damage, maxDamage: number): void {
  const damaged = repeated + cut + quotes
  const share = (damaged / rows) * 100
  if (damaged <= FEW_ROWS || share <= maxDamage) return
  throw new SetupError(
    `The file looks damaged: of ${rows} rows, ${repeated} repeat a TAC, ${cut} are truncated and ${quotes} have broken quotes. ` +
      `That is ${share.toFixed(1)} %; at most ${maxDamage} % are accepted. Nothing was changed. Fetch the file again, ` +
      `or accept it with --max-damage ${Math.ceil(share)}.`,
  )
}
