import { processEnvironment } from '../config.ts'

/**
 * The command that starts this program, as a person types it. npm sets the variable; without npm, `handset` is on the
 * path.
 */
export const COMMAND = processEnvironment.npm_execpath === undefined ? 'handset' : 'npx handset'

/** Prints a result as one JSON document for programs, or as text for people. */
export function print(asJson: boolean | undefined, result: unknown, text: string): void {
  process.stdout.write(`${asJson ? JSON.stringify(result, null, 2) : text}\n`)
}

/** Formats rows as aligned columns under their headings. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Formats a part of a whole as a percentage. */
export function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`
}

/** Formats a count with thousands separators, the same in every locale. */
export function count(number: number): string {
  return number.toLocaleString('en-US')
}
