import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  compareNaming,
  compareNamingSql,
  isOfOtherEra,
  isOfOtherEraSql,
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
  year: fc.option(fc.integer({ min: 1995, max: 2026 })),
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
      {
        rank: 'x.rank',
        brandKey: 'x.brand',
        nameKey: 'x.name',
        isCode: 'x.is_code',
        simTypes: 'x.sim_types',
        year: 'x.year',
      },
      {
        source: 'x.held_source',
        brandKey: 'x.held_brand',
        nameKey: 'x.held_name',
        isCode: 'x.held_is_code',
        year: 'x.held_year',
      },
    )
    const eras = isOfOtherEraSql({ rank: 'x.rank', year: 'x.year' }, { source: 'x.held_source', year: 'x.held_year' })
    await fc.assert(
      fc.asyncProperty(naming, naming, async (challenger, held) => {
        const columns = {
          rank: rankOf(challenger.source),
          brand: challenger.brandKey,
          name: challenger.nameKey,
          sim_types: challenger.statesSimTypes ? '["eSIM"]' : null,
          is_code: Number(challenger.isCode),
          held_source: held.source,
          held_brand: held.brandKey,
          held_name: held.nameKey,
          held_is_code: Number(held.isCode),
          year: challenger.year,
          held_year: held.year,
        }
        const verdict = await evaluate(expression, columns)
        assert.equal(verdict, compareNaming(challenger, held))
        assert.equal(Number(await evaluate(asCondition(eras), columns)), Number(isOfOtherEra(challenger, held)))
      }),
      { numRuns: 300 },
    )
  })

  it('answers with the newer of two phones of different eras, whichever was stated first', () => {
    fc.assert(
      fc.property(naming, naming, (a, b) => {
        fc.pre(isOfOtherEra(a, b) && !a.isCode && !b.isCode && a.nameKey === b.nameKey && a.brandKey !== b.brandKey)
        const newer = Number(a.year) > Number(b.year)
        assert.equal(compareNaming(a, b), newer ? 'replaces' : 'outranked')
        assert.equal(compareNaming(b, a), newer ? 'outranked' : 'replaces')
      }),
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
