import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { systemCaller } from '../../src/caller.ts'
import { importStarterCatalogue } from '../../src/catalogue/starter.ts'
import type { Context } from '../../src/context.ts'
import { migrate } from '../../src/db/migrate.ts'
import type { Queries } from '../../src/db/port.ts'
import type { Awaitable } from '../../src/domain/awaitable.ts'
import { listDeviceModels } from '../../src/resources/device-models/device-models.ts'
import { countListedDevices, listDevices } from '../../src/resources/devices/devices.ts'
import { countDevices } from '../../src/resources/devices/statistics.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { listUserTokens } from '../../src/resources/tokens/tokens.ts'
import { fillDevices, makeImei } from '../support/factories.ts'
import { importModels } from '../support/models.ts'
import { contextOf, engine, isCitus, makeStore, openStore } from '../support/store.ts'

const DEVICES = 12_000
const OLD_DEVICES = 11_000
const MODELS = 1_500

const db = openStore(await makeStore())
after(() => db.close())
await migrate(db, Date.now)
const context = contextOf(db)
await importStarterCatalogue(context)
await importModels(
  context,
  Array.from({ length: MODELS }, (_, model) => ({
    tac: String(80_000_000 + model),
    brand: `Brand ${model % 100}`,
    name: `Model ${model}`,
    type: 'router' as const,
    simTypes: [],
  })),
)
const project = await createProject(context, { id: 'planned', type: 'test' })
await fillDevices(
  context,
  { project },
  Array.from({ length: DEVICES }, (_, made) => ({
    imei: makeImei(String(80_000_000 + (made % MODELS))),
    // The thousand newest have one word less.
    name: made < OLD_DEVICES ? `Name ${made} old` : `Name ${made}`,
  })),
)
if (engine === 'postgres') await db.run('ANALYZE')
const caller = systemCaller(project)

/** The plan of every statement of a response, as the engine explains it, for a large store unless it says otherwise. */
async function plansOf(list: (context: Context) => Awaitable<string>, { isLarge = true } = {}): Promise<string[]> {
  const explain = engine === 'postgres' ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN'
  const plans: string[] = []
  const explained = async (sql: string, parameters?: Parameters<Queries['all']>[1]) => {
    const rows = await db.transaction(async (tx) => {
      // The setting also reaches the machine of Citus that has the project.
      if (isCitus) await tx.run("SET LOCAL citus.propagate_set_commands = 'local'")
      // PostgreSQL then plans for this small store as it does for a large one.
      if (engine === 'postgres' && isLarge) await tx.run('SET LOCAL enable_seqscan = off')
      return tx.all<Record<string, string>>(`${explain} ${sql}`, parameters)
    })
    const plan = rows.map((row) => row['QUERY PLAN'] ?? row.detail).join('\n')
    plans.push(isCitus ? withoutShards(plan) : plan)
  }
  const recorded: Pick<Queries, 'all' | 'get'> = {
    async all(sql, parameters) {
      await explained(sql, parameters)
      return db.all(sql, parameters)
    },
    async get(sql, parameters) {
      await explained(sql, parameters)
      return db.get(sql, parameters)
    },
  }
  await list({ ...context, db: { ...db, ...recorded, snapshot: (work) => work(recorded) } })
  return plans
}

/** Replaces the names of shards and their indexes by those of the tables and theirs. */
function withoutShards(plan: string): string {
  return plan.replaceAll(/\b([a-z_]+)_\d{6,}\b/g, '$1')
}

/** Asserts that a plan reads devices only through a range of an index. */
function requireNoScan(plan: string): void {
  // SQLite also says that it scans the rows of a subquery, which it has searched.
  const scanned = /CO-ROUTINE st$/m.test(plan) ? plan.replace(/^SCAN st$/m, '') : plan
  assert.doesNotMatch(scanned, /Seq Scan on (devices|search_)|\bSCAN (d|x|e|st|sw)$/m, plan)
}

const NEAR = /devices_pkey|SEARCH [de] USING PRIMARY KEY \(project_id=\?/
const CURSOR = 'dev_0VbmlLMM1pZ1ag0qHYyOO07Al9OY'

describe('the plan of a list of devices', () => {
  for (const [filter, query, index] of [
    ['brand', { brand: ['Brand 7'] }, 'devices_by_tac'],
    ['type', { type: ['router' as const] }, 'devices_by_tac'],
    ['simType', { simType: ['eSIM' as const] }, 'devices_by_tac'],
    ['model', { model: `dmd_${'0'.repeat(22)}` }, 'devices_by_tac'],
    ['tac', { tac: ['80000007'] }, 'devices_by_tac'],
    ['several tac', { tac: ['80000007', '80000008'] }, 'devices_by_tac'],
  ] as const) {
    it(`by ${filter} finds scattered devices with ${index}, and those next to the cursor by their ids`, async () => {
      for (const paging of [{}, { after: `dev_${'z'.repeat(28)}` }, { before: CURSOR, limit: 200 }]) {
        const plans = await plansOf((recorded) => listDevices(recorded, caller, { ...query, ...paging } as never))
        for (const plan of plans) requireNoScan(plan)
        if (filter.includes('tac')) assert.equal(plans.length, 1)
        else assert.ok(plans.some((plan) => NEAR.test(plan)))
        if (filter !== 'type') assert.match(plans.at(-1) as string, new RegExp(`${index}\\b`))
      }
    })
  }

  it('by user uses devices_by_user, and each device finds its SIMs with sims_by_device', async () => {
    const [plan = ''] = await plansOf((recorded) => listDevices(recorded, caller, { user: 'usr_', brand: ['x'] }))
    requireNoScan(plan)
    assert.match(plan, /devices_by_user\b/)
    assert.match(plan, /sims_by_device\b/)
  })

  it('by several SIMs finds the SIMs and then each device by its id', async () => {
    const sims = Array.from({ length: 50 }, (_, sim) => `sim_${sim}`)
    const [plan = ''] = await plansOf((recorded) => listDevices(recorded, caller, { sims }))
    requireNoScan(plan)
    assert.match(plan, /devices_pkey|SEARCH d USING PRIMARY KEY \(project_id=\? AND id=\?\)/)
    assert.doesNotMatch(plan, /Seq Scan on sims|\bSCAN f$/m)
  })

  it('by time reads a range of ids', async () => {
    const period = { createdAfter: '2026-01-01T00:00:00Z', createdBefore: '2026-01-02T00:00:00Z' }
    const plans = await plansOf((recorded) => listDevices(recorded, caller, period))
    assert.equal(plans.length, 1)
    requireNoScan(plans[0] as string)
    assert.match(
      plans[0] as string,
      /Index Cond: \(\(project_id = .*\(id >= .*\(id < |d USING PRIMARY KEY \(project_id=\? AND id>\? AND id<\?\)/,
    )
  })
})

describe('the plan of a search by words', () => {
  const PENDING = /search_pending_pkey|SEARCH st USING PRIMARY KEY \(project_id=\? AND kind=\?/
  const TEXTS = /search_texts_pkey|SEARCH e USING PRIMARY KEY \(project_id=\? AND kind=\?/
  const WORDS = /search_words_pkey|SEARCH sw USING PRIMARY KEY \(project_id=\? AND kind=\? AND word/

  for (const [kind, q, last] of [
    ['which many objects have, reads the objects next to the cursor', 'name', TEXTS],
    ['which few objects have, reads a part of the index', 'name 59', WORDS],
    ['which many objects have, but none next to the cursor, reads the entries of a word', 'name old', WORDS],
  ] as const) {
    it(kind, async () => {
      for (const filter of [{}, { brand: ['Brand 7'] }, { model: 'dmd_' }]) {
        const plans = await plansOf((recorded) => listDevices(recorded, caller, { q, ...filter } as never))
        for (const plan of plans) requireNoScan(plan)
        const [pending = '', ...ids] = plans.filter((plan) => /search_(pending|texts)|\b(st|e) USING/.test(plan))
        assert.match(pending, PENDING)
        assert.match(ids[0] as string, TEXTS)
        if (Object.keys(filter).length === 0) assert.match(ids.at(-1) as string, last)
      }
    })
  }

  it('reads the hits by their keys, even in a small store', async () => {
    const plans = await plansOf((recorded) => listDevices(recorded, caller, { q: 'name', limit: 10 }), {
      isLarge: false,
    })
    assert.match(
      plans.at(-1) as string,
      /devices_pkey|SEARCH d USING (PRIMARY KEY|INDEX \w+) \(project_id=\? AND id=\?/,
    )
  })

  it("of a user token compares only the words of that user's devices", async () => {
    const [plan = ''] = await plansOf((recorded) => listDevices(recorded, caller, { q: 'name', user: 'usr_' }))
    requireNoScan(plan)
    assert.match(plan, /devices_by_user\b/)
  })
})

describe('the plan of a list of user tokens', () => {
  it('uses user_tokens_by_user', async () => {
    const [plan = ''] = await plansOf(async (recorded) => listUserTokens(recorded, caller, 'usr_', {}))
    assert.match(plan, /user_tokens_by_user\b/)
  })
})

describe('the plan of a list of device models', () => {
  it('by q uses device_models_by_name', async () => {
    const plans = await plansOf((recorded) => listDeviceModels(recorded, { q: 'Model 149' }))
    assert.equal(plans.length, 1)
    assert.match(plans[0] as string, /device_models_by_name/)
  })
})

describe('the plan of a count of devices', () => {
  for (const [filter, query] of [
    ['nothing', {}],
    ['brand', { brand: ['Brand 7'] }],
    ['user', { user: 'usr_' }],
    ['words', { q: 'name' }],
  ] as const) {
    it(`by ${filter} reads ranges of indexes`, async () => {
      const plans = await plansOf((recorded) => countListedDevices(recorded, caller, query as never))
      for (const plan of plans) requireNoScan(plan)
    })
  }
})

describe('the plan of the statistics of devices', () => {
  it('reads ranges of two indexes', async () => {
    const plans = await plansOf((recorded) => countDevices(recorded, caller))
    for (const plan of plans) {
      assert.doesNotMatch(plan, /Seq Scan on devices|\bSCAN devices$/m, plan)
      if (/\bdevices\b/.test(plan)) assert.match(plan, /devices_by_tac|devices_pkey|PRIMARY KEY \(project_id=\?/, plan)
    }
    assert.match(plans[0] as string, /Index Only Scan using devices_by_tac|COVERING INDEX devices_by_tac/)
  })
})
