import { Command } from 'commander'
import { FACTS_ADVICE, usesCurrentFacts } from '../catalogue/facts/digest.ts'
import { type Found, lookUp } from '../catalogue/lookup.ts'
import { countCatalogue } from '../catalogue/store.ts'
import { parseImei, tacOf } from '../domain/imei.ts'
import { SetupError } from '../errors.ts'
import { diffCommand, importCommand } from './catalogue-import.ts'
import { adviseList } from './catalogue-lists.ts'
import { renormaliseCommand } from './catalogue-renormalise.ts'
import { reportCommand } from './catalogue-report.ts'
import { setCommand } from './catalogue-set.ts'
import { count, print, share, table } from './print.ts'
import { withContext } from './with-context.ts'

/** `handset catalogue import|diff|lookup|set|stats|report|renormalise` */
export function catalogueCommand(): Command {
  return new Command('catalogue')
    .description('Import TAC databases, and look up what a TAC is.')
    .addHelpText('after', '\nExample:\n  handset catalogue lookup 492388841798923')
    .addCommand(importCommand())
    .addCommand(diffCommand())
    .addCommand(lookupCommand())
    .addCommand(setCommand())
    .addCommand(statsCommand())
    .addCommand(reportCommand())
    .addCommand(renormaliseCommand())
}

function lookupCommand(): Command {
  return new Command('lookup')
    .description('Report which model an IMEI belongs to, and which sources state it.')
    .argument('<imei>', 'an IMEI or IMEISV')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset catalogue lookup 492388841798923')
    .action((value: string, { json }: { json?: boolean }, command: Command) => {
      const imei = parseImei(value, 'imei', 'unchecked')
      if (typeof imei !== 'string') throw new SetupError(`${imei.message.replaceAll('`', '')}. ${imei.hint}`)
      return withContext(command, async (context) => {
        const found = await lookUp(context.db, tacOf(imei))
        if (found === undefined) {
          const advice = await adviseList(context.db)
          throw new SetupError(
            `The catalogue does not know TAC ${tacOf(imei)}${advice === undefined ? '' : ` (${advice})`}`,
          )
        }
        print(json, found, describe(found))
      })
    })
}

function statsCommand(): Command {
  return new Command('stats')
    .description(
      'Count the TACs, models and brands of the catalogue and, for each source, what is known about its TACs.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset catalogue stats')
    .action(({ json }: { json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        const stats = {
          ...(await countCatalogue(context.db)),
          /** Whether the whole catalogue was normalised by the facts of this version. */
          usesCurrentFacts: await usesCurrentFacts(context.db),
        }
        const totals = [
          ['TACs', count(stats.tacs)],
          ['Models', count(stats.models)],
          ['  with SIM types', count(stats.modelsWithSimTypes)],
          ['Brands', count(stats.brands)],
        ]
        const sources = stats.sources.map(({ source, tacs, answers, named, typed, withSimTypes }) => [
          source,
          count(tacs),
          count(answers),
          ...[tacs, named, typed, withSimTypes].map((part) => share(part, tacs)),
        ])
        const headings = ['SOURCE', 'TACS', 'ANSWERS', 'BRAND', 'NAME', 'TYPE', 'SIM TYPES']
        const advice = stats.usesCurrentFacts ? '' : `\n\n${FACTS_ADVICE}`
        print(json, stats, `${table(['', ''], totals).trimStart()}\n\n${table(headings, sources)}${advice}`)
      }),
    )
}

function describe(found: Found): string {
  const { tac, brand, name, type, simTypes, source, claims } = found
  const rows = [
    ['TAC', tac],
    ['Brand', brand],
    ['Name', name],
    ['Type', type, because(found.typeSource, found.typeReason)],
    [
      'SIM types',
      simTypes.length > 0 ? simTypes.join(', ') : 'unknown',
      because(found.simTypesSource, found.simTypesReason),
    ],
    ['Source', source],
    ...claims.map((claim) => [
      claim.conflicts ? 'Conflict' : 'Also',
      `${claim.brand} ${claim.name}`,
      ` (${claim.source})`,
    ]),
  ]
  return rows.map(([heading = '', value = '', note = '']) => `${heading.padEnd(11)}${value}${note}`).join('\n')
}

function because(source: string | null, reason: string | null): string {
  const parts = [source, reason].filter((part) => part !== null)
  return parts.length > 0 ? ` (${parts.join(': ')})` : ''
}
