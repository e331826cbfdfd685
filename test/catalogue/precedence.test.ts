import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  compareNaming,
  compareNamingSql,
  rankOf,
  rankSql,
  replacesKinds,
  replacesKindsSql,
  SOURCES,
  yieldsToRules,
  yieldsToRulesSql,
} from '../../src/catalogue/precedence.ts'
import { makeStore, openStore } from '../support/store.ts'

const db = openStore(await makeStore())

const source = fc.constantFrom(...SOURCES)
const holder = fc.option(source)
const naming = fc.record({
  source,
  brandKey: fc.constantFrom('acme', 'other'),
  nameKey: fc.constantFrom('phone', 'phone (usa)', 'phone (usa) (new)', 'phone%'),
  isCode: fc.boolean(),
  statesSimTypes: fc.boolean(),
})

/** Evaluates an SQL expression over columns with these values. */
async function evaluate(expression: string, columns: Record<string, string | number | null>) {
  const values = Object.values(columns)
  const list = Object.keys(columns).map((name, place) => {
    const type = typeof values[place] === 'number' ? 'INTEGER' : 'TEXT'
    return `CAST($${place + 1} AS ${type}) AS ${name}`
  })
  const row = await db.get<{ value: string | number }>(
    `SELECT ${expression} AS value FROM (SELECT ${list.join(', ')}) x`,
    values,
  )
  return row?.value
}

const asCondition = (expression: string) => `CASE WHEN ${expression} THEN 1 ELSE 0 END`

describe('the precedence of sources', () => {
  it('ranks every source the same in SQL as in code', async () => {
    for (const each of [...SOURCES, null]) {
      assert.equal(Number(await evaluate(rankSql('x.holder'), { holder: each })), rankOf(each), String(each))
    }
  })

  it('lets the same source replace a type or SIM types in SQL as in code', async () => {
    await fc.assert(
      fc.asyncProperty(source, holder, async (challenger, holding) => {
        const columns = { rank: rankOf(challenger), holder: holding }
        const replaces = await evaluate(asCondition(replacesKindsSql('x.rank', 'x.holder')), columns)
        assert.equal(Number(replaces), Number(replacesKinds(challenger, holding)))
        const yields = await evaluate(asCondition(yieldsToRulesSql('x.holder')), columns)
        assert.equal(Number(yields), Number(yieldsToRules(holding)))
      }),
    )
  })

  it('assigns a TAC to the same model in SQL as in code', async () => {
    const expression = compareNamingSql(
      { rank: 'x.rank', brandKey: 'x.brand', nameKey: 'x.name', isCode: 'x.is_code', simTypes: 'x.sim_types' },
      { source: 'x.held_source', brandKey: 'x.held_brand', nameKey: 'x.held_name', isCode: 'x.held_is_code' },
    )
    await fc.assert(
      fc.asyncProperty(naming, naming, async (challenger, held) => {
        const verdict = await evaluate(expression, {
          rank: rankOf(challenger.source),
          brand: challenger.brandKey,
          name: challenger.nameKey,
          sim_types: challenger.statesSimTypes ? '["eSIM"]' : null,
          is_code: Number(challenger.isCode),
          held_source: held.source,
          held_brand: held.brandKey,
          held_name: held.nameKey,
          held_is_code: Number(held.isCode),
        })
        assert.equal(verdict, compareNaming(challenger, held))
      }),
      { numRuns: 300 },
    )
  })

  it('never lets a lower source replace what an operator set', () => {
    fc.assert(
      fc.property(naming, naming, (challenger, held) => {
        const verdict = compareNaming({ ...challenger, source: 'gsma' }, { ...held, source: 'operator' })
        assert.notEqual(verdict, 'replaces')
      }),
    )
  })
})
