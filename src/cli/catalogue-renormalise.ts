import { Command } from 'commander'
import type { Renormalised } from '../catalogue/renormalise/result.ts'
import { renormalise } from '../catalogue/renormalise.ts'
import { count, print, table } from './print.ts'
import { withContext } from './with-context.ts'

/** How many brands are listed. */
const MAX_BRANDS = 20

/** `handset catalogue renormalise` */
export function renormaliseCommand(): Command {
  return new Command('renormalise')
    .description('Update brands, names, types and SIM types to the tables of this version, as an import would.')
    .option('--dry-run', 'only show what it would change')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
For a catalogue that an older version has loaded. Models that turn out to be the same are merged into the oldest, and
all their ids keep working. What was set by hand stays.

Example:
  handset catalogue renormalise --dry-run`,
    )
    .action(({ dryRun = false, json }: { dryRun?: boolean; json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        const result = await renormalise(context, { dryRun })
        print(json, { dryRun, ...result }, describe(result, dryRun))
      }),
    )
}

function describe(result: Renormalised, dryRun: boolean): string {
  const { models, renamed, merged, kinds, claims, brands, examples } = result
  return [
    `Examined ${count(models)} models.${dryRun ? ' Nothing was changed. Without --dry-run, the result would be:' : ''}`,
    table(
      ['', ''],
      [
        ['Models renamed', count(renamed)],
        ['Models merged into another', count(merged)],
        ['Models with another type or SIM types', count(kinds)],
        ["Other sources' names for a TAC", count(claims)],
      ],
    ).trimStart(),
    ...brands
      .slice(0, MAX_BRANDS)
      .map(
        ({ before, after, models }) =>
          `Brand: ${before} → ${after}, ${count(models)} ${models === 1 ? 'model' : 'models'}`,
      ),
    ...(brands.length > MAX_BRANDS ? [`… and ${count(brands.length - MAX_BRANDS)} more brands: see --json`] : []),
    ...examples.renamed.map(({ id, before, after }) => `  ~ ${id} ${before} → ${after}`),
    ...examples.merged.map(({ id, before, after }) => `  = ${id} ${before} merged into ${after}`),
    ...examples.kinds.map(({ id, before, after }) => `  ~ ${id} ${before} → ${after}`),
  ].join('\n')
}
