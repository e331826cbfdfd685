import { Command } from 'commander'
import { FACTS_ADVICE, isByPresentFacts } from '../catalogue/facts/digest.ts'
import { ruleSimTypes } from '../catalogue/facts/sim-rules.ts'
import { ruleType } from '../catalogue/facts/type-rules.ts'
import { countCatalogue, listTacClaims, lookUpTac } from '../catalogue/store.ts'
import type { Context } from '../context.ts'
import { type Imei, parseImei, tacOf } from '../domain/imei.ts'
import { SetupError } from '../errors.ts'
import { diffCommand, importCommand } from './catalogue-import.ts'
import { renormaliseCommand } from './catalogue-renormalise.ts'
import { setCommand } from './catalogue-set.ts'
import { count, print, table } from './print.ts'
import { withContext } from './with-context.ts'

/** `handset catalogue import|diff|lookup|set|stats|renormalise` */
export function catalogueCommand(): Command {
  return new Command('catalogue')
    .description('Load TAC databases and ask what a TAC is.')
    .addHelpText('after', '\nExample:\n  handset catalogue lookup 492388841798923')
    .addCommand(importCommand())
    .addCommand(diffCommand())
    .addCommand(lookupCommand())
    .addCommand(setCommand())
    .addCommand(statsCommand())
    .addCommand(renormaliseCommand())
}

function lookupCommand(): Command {
  return new Command('lookup')
    .description('Say which model an IMEI belongs to, and who says so.')
    .argument('<imei>', 'an IMEI or IMEISV')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset catalogue lookup 492388841798923')
    .action((value: string, { json }: { json?: boolean }, command: Command) => {
      const imei = parseImei(value, 'imei', 'unchecked')
      if (typeof imei !== 'string') throw new SetupError(`${imei.message.replaceAll('`', '')}. ${imei.hint}`)
      return withContext(command, async (context) => {
        const found = await lookUp(context, imei)
        if (found === undefined) throw new SetupError(`The catalogue does not know TAC ${tacOf(imei)}`)
        print(json, found, describe(found))
      })
    })
}

function statsCommand(): Command {
  return new Command('stats')
    .description('Say how much the catalogue holds, and of each source how many of its TACs have which answers.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset catalogue stats')
    .action(({ json }: { json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        const stats = {
          ...(await countCatalogue(context.db)),
          /** Whether brands, names and rules are by this version's tables. */
          byPresentFacts: await isByPresentFacts(context.db),
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
        const advice = stats.byPresentFacts ? '' : `\n\n${FACTS_ADVICE}`
        print(json, stats, `${table(['', ''], totals).trimStart()}\n\n${table(headings, sources)}${advice}`)
      }),
    )
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`
}

type Found = NonNullable<Awaited<ReturnType<typeof lookUp>>>

/** What the catalogue answers for an IMEI, where each part of it is from, and what else is said of its TAC. */
async function lookUp({ db }: Context, imei: Imei) {
  const tac = tacOf(imei)
  const row = await lookUpTac(db, tac)
  if (row === undefined) return undefined
  const { id, brand, name, type, sim_types, source, type_source, sim_types_source } = row
  const claims = (await listTacClaims(db, tac)).map((claim) => ({
    source: claim.source,
    brand: claim.brand,
    name: claim.name,
    type: claim.type,
    simTypes: claim.sim_types === null ? null : (JSON.parse(claim.sim_types) as string[]),
    /** Whether it is another phone that this source knows under the TAC. */
    conflicts: `${claim.brand} ${claim.name}`.toLowerCase() !== `${brand} ${name}`.toLowerCase(),
  }))
  return {
    tac,
    model: id,
    brand,
    name,
    type,
    simTypes: JSON.parse(sim_types) as string[],
    source,
    typeSource: type_source,
    typeReason: reasonOf(type_source, ruleType(brand, name)),
    simTypesSource: sim_types_source,
    simTypesReason: reasonOf(sim_types_source, ruleSimTypes(brand, name)),
    claims,
  }
}

/** The reason of a rule, where it is a rule that says something or that it cannot be said. */
function reasonOf(source: string | null, ruled: { reason: string } | null): string | null {
  return source === null || source === 'rule' ? (ruled?.reason ?? null) : null
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
