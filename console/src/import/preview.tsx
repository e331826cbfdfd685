import type { ImportFile, ImportKind, ImportRow } from '../import-file.ts'
import { remarkOnRow } from './kinds.ts'

/** A file that was chosen, with its first rows. */
export interface Chosen extends ImportFile {
  kind: ImportKind
  preview: readonly ImportRow[]
  /** Whether the preview shows all rows of the file. */
  isWhole: boolean
}

/** The first rows of a file, with the problems that the page finds without the API. */
export function Preview({ file: { kind, columns, preview, isWhole } }: { file: Chosen }) {
  const remarks = preview.map((row) => remarkOnRow(kind, row))
  const bad = remarks.filter((remark) => remark !== null).length
  const shown = isWhole ? 'All rows' : `The first ${preview.length} rows`
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it
    <section class="scroll" tabIndex={0} aria-label="Preview">
      <table class="preview">
        <caption>{bad === 0 ? shown : `${shown}, ${bad} with a problem`}</caption>
        <thead>
          <tr>
            <th scope="col">Line</th>
            {bad > 0 && <th scope="col">Problem</th>}
            {columns.map((name, at) => (
              <th key={at} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.map(({ line, cells }, position) => {
            const remark = remarks[position]
            return (
              <tr key={line} class={remark ? 'is-bad' : undefined}>
                <td class="numeric" data-title="Line">
                  {line}
                </td>
                {bad > 0 && <td class="row-remark">{remark}</td>}
                {columns.map((name, at) => (
                  <td key={at} data-title={name}>
                    {cells[at]}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
