import type { Registry } from '../context.ts'
import type { Database, Parameter, Queries } from '../db/port.ts'
import { brandKey, nameKey } from '../domain/keys.ts'
import { toBrand } from './facts/brands.ts'
import { FACTS_MARK, factsDigest } from './facts/digest.ts'
import { identify } from './facts/names.ts'
import { ruleSimTypes, ruleType } from './facts/rules.ts'
import { COLUMNS } from './import/judge.ts'
import { claimVersion, findVersion } from './import/publish.ts'
import { pagesOf } from './import/staging.ts'
import { modelKey, toSimTypesText } from './model.ts'
import { SOURCE_RANKS, type Source } from './sources.ts'
import { type ModelRow, putMark } from './store.ts'

/** A model as the store keeps it, whole. */
interface Model extends ModelRow {
  brand_key: string
  name_key: string
  is_code: number | null
}

/** What an operator has named by hand: a model by another name than its sources have, or TACs that only they spoke of. */
interface Spoken {
  brand: boolean
  name: boolean
  /** Brand and name that the sources have, by which rules judge; null where there are none. */
  former: { brand: string; name: string } | null
}

/** A former name of a model that an operator has renamed, by which imports know it. */
interface Alias {
  brand_key: string
  name_key: string
  brand: string
  name: string
  model_id: string
}

/** What the catalogue has of a model, what the tables make of it, and whether an operator had a say in its name. */
interface Member {
  model: Model
  target: { brand: string; name: string; isCode: boolean }
  spoken: Spoken | undefined
}

/** A model as it is and as it is to be; `merged` are those that become one with it. */
interface Change {
  before: Model
  after: Model
  merged: Model[]
}

interface Plan {
  looked: number
  changes: Change[]
  aliases: { before: Alias; after: Alias }[]
}

/** A change of one model, as people read it. */
export interface RenormalisedModel {
  id: string
  before: string
  after: string
}

/** What renormalising did, or with `dryRun` would do. */
export interface Renormalised {
  /** Models looked at. */
  models: number
  /** Models whose brand or name is written otherwise, those that become one with another apart. */
  renamed: number
  /** Models that become one with an older one, which answers for their ids too. */
  merged: number
  /** Models whose type or SIM types change. */
  kinds: number
  /** Statements of sources beside the catalogue's answer whose brand or name is written otherwise. */
  claims: number
  /** Every brand that is written otherwise, and of how many models. */
  brands: { before: string; after: string; models: number }[]
  examples: Record<'renamed' | 'merged' | 'kinds', RenormalisedModel[]>
}

const EXAMPLES = 10
const BATCH_ROWS = 2_000

const MODEL = COLUMNS.device_models.join(', ')
const NEXT_MODELS = `SELECT ${MODEL} FROM device_models WHERE id > $1 ORDER BY id LIMIT ${BATCH_ROWS}`
const FIND_NAMED = `SELECT ${MODEL} FROM device_models WHERE name_key IN (JSON_ITEMS($1))`
const FIND_MODELS = `SELECT ${MODEL} FROM device_models WHERE id IN (JSON_ITEMS($1))`
const FIND_BRANDS = `SELECT brand_key, MIN(brand) AS brand FROM device_models
  WHERE brand_key IN (JSON_ITEMS($1)) GROUP BY brand_key`
const LIST_ALIASES = 'SELECT brand_key, name_key, brand, name, model_id FROM model_aliases ORDER BY model_id'
/** Models that only an operator gave TACs to, each with what sources say of these TACs. */
const LIST_OPERATORS = `SELECT t.model_id, c.brand, c.name FROM tacs t LEFT JOIN tac_claims c ON c.tac = t.tac
  WHERE t.source = 'operator'
    AND NOT EXISTS (SELECT 1 FROM tacs o WHERE o.model_id = t.model_id AND o.source <> 'operator')`
const NEXT_CLAIMS = `SELECT tac, source, brand, name FROM tac_claims WHERE (tac, source) > ($1, $2)
  ORDER BY tac, source LIMIT ${BATCH_ROWS}`
const FIND_MODEL_CLAIMS = `SELECT model_id, source, type, sim_types FROM model_claims
  WHERE model_id IN (JSON_ITEMS($1)) ORDER BY model_id`

const VACATE = 'UPDATE device_models SET name_key = id WHERE id IN (JSON_ITEMS($1))'
/** All that speaks of a merged model speaks of the one that it is now. */
const FOLLOW_MERGED = [
  `UPDATE merged_models SET model_id = (SELECT x.model_id FROM merged_models x WHERE x.id = merged_models.model_id)
    WHERE model_id IN (SELECT x.id FROM merged_models x)`,
  'DELETE FROM model_claims WHERE model_id IN (SELECT x.id FROM merged_models x)',
  ...['tacs', 'model_aliases'].map(
    (table) => `UPDATE ${table} SET model_id = (SELECT x.model_id FROM merged_models x WHERE x.id = ${table}.model_id)
    WHERE model_id IN (SELECT x.id FROM merged_models x)`,
  ),
  'DELETE FROM device_models WHERE id IN (SELECT x.id FROM merged_models x)',
]
const DELETE_ALIAS = 'DELETE FROM model_aliases WHERE brand_key = $1 AND name_key = $2'
const UPDATE_CLAIM = 'UPDATE tac_claims SET brand = $3, name = $4 WHERE tac = $1 AND source = $2'

/**
 * Says anew, by the tables of this version of Handset, what brands and names are, and what rules say of type and SIM
 * types. Models that turn out to be one become the oldest of them; the ids of the others go on answering. What an
 * operator has named stays as it is named. Visible in one moment, or not at all.
 */
export async function renormalise(
  { db }: Pick<Registry, 'db'>,
  { dryRun }: { dryRun: boolean },
): Promise<Renormalised> {
  for (;;) {
    const version = await findVersion(db)
    const plan = await planAll(db)
    const result = await summarise(db, plan)
    // Where the catalogue was changed meanwhile, it is looked at again.
    if (dryRun || (await apply(db, plan, version))) return result
  }
}

async function planAll(db: Queries): Promise<Plan> {
  const aliases = await db.all<Alias>(LIST_ALIASES)
  const spoken = await findSpoken(db, aliases)
  const members = new Map<string, Member>()
  let looked = 0
  for await (const page of pagesOf(db, NEXT_MODELS, ['id'])) {
    looked += page.length
    for (const model of page as unknown as Model[]) {
      const member = toMember(model, spoken.get(model.id))
      if (differs(model, toAfter(member, [member]))) members.set(model.id, member)
    }
  }
  const newAliases = respellAliases(aliases, spoken)
  await addThoseInTheWay(db, members, newAliases, spoken)
  await settleBrands(db, members)
  return { looked, changes: toChanges(members, newAliases), aliases: newAliases.filter(isRespelled) }
}

async function findSpoken(db: Queries, aliases: readonly Alias[]): Promise<Map<string, Spoken>> {
  const spoken = new Map<string, Spoken>()
  const claimed = new Map<string, { brand: string; name: string }[]>()
  for (const { model_id, brand, name } of await db.all<Record<'model_id' | 'brand' | 'name', string>>(LIST_OPERATORS)) {
    const claims = claimed.get(model_id) ?? []
    claimed.set(model_id, brand === null ? claims : [...claims, { brand, name }])
  }
  const ids = [...claimed.keys(), ...aliases.map(({ model_id }) => model_id)]
  const models = new Map((await findModels(db, ids)).map((model) => [model.id, model]))
  for (const [id, claims] of claimed) {
    const model = models.get(id) as Model
    const sameBrand = claims.filter(({ brand }) => brandKey(brand) === model.brand_key)
    // A variant that differs in type or SIM types alone is told apart behind the name that the sources have.
    const sameName = sameBrand.some(({ name }) => `${model.name_key} (`.startsWith(`${nameKey(name)} (`))
    spoken.set(id, { brand: sameBrand.length === 0, name: !sameName, former: null })
  }
  for (const { model_id, brand, brand_key, name, name_key } of aliases) {
    const model = models.get(model_id) as Model
    const former = identify(brand, name)
    spoken.set(model_id, { brand: brand_key !== model.brand_key, name: name_key !== model.name_key, former })
  }
  return spoken
}

async function findModels(db: Queries, ids: readonly string[]): Promise<Model[]> {
  return ids.length === 0 ? [] : db.all<Model>(FIND_MODELS, [JSON.stringify(ids)])
}

function toMember(model: Model, spoken: Spoken | undefined): Member {
  const found = identify(model.brand, model.name)
  const brand = spoken?.brand ? model.brand : found.brand
  const name = spoken?.name ? model.name : found.name
  return { model, target: { brand, name, isCode: found.isCode }, spoken }
}

/** Respells the former names of renamed models; of two that become the same, the older model keeps it. */
function respellAliases(aliases: readonly Alias[], spoken: ReadonlyMap<string, Spoken>): Plan['aliases'] {
  const taken = new Set<string>()
  return aliases.map((before) => {
    const { brand, name } = spoken.get(before.model_id)?.former ?? before
    const after = { ...before, brand, name, brand_key: brandKey(brand), name_key: nameKey(name) }
    const key = modelKey(after.brand_key, after.name_key)
    if (taken.has(key)) return { before, after: before }
    taken.add(key)
    return { before, after }
  })
}

function isRespelled({ before, after }: Plan['aliases'][number]): boolean {
  return before.brand !== after.brand || before.name !== after.name
}

/** Adds those models that stay as they are, but bear a name that another one or an alias comes to. */
async function addThoseInTheWay(
  db: Queries,
  members: Map<string, Member>,
  aliases: Plan['aliases'],
  spoken: ReadonlyMap<string, Spoken>,
): Promise<void> {
  const identities = [...[...members.values()].map(({ target }) => target), ...aliases.map(({ after }) => after)]
  const wanted = new Set(identities.map(({ brand, name }) => modelKey(brandKey(brand), nameKey(name))))
  const nameKeys = [...new Set(identities.map(({ name }) => nameKey(name)))]
  const found = await findModels(
    db,
    aliases.map(({ before }) => before.model_id),
  )
  for (let first = 0; first < nameKeys.length; first += BATCH_ROWS) {
    const named = await db.all<Model>(FIND_NAMED, [JSON.stringify(nameKeys.slice(first, first + BATCH_ROWS))])
    found.push(...named.filter(({ brand_key, name_key }) => wanted.has(modelKey(brand_key, name_key))))
  }
  for (const model of found) {
    if (!members.has(model.id)) members.set(model.id, toMember(model, spoken.get(model.id)))
  }
}

/** A brand that no table knows is written as the catalogue writes it already. */
async function settleBrands(db: Queries, members: ReadonlyMap<string, Member>): Promise<void> {
  const keys = [...new Set([...members.values()].map(({ target }) => brandKey(target.brand)))]
  const rows = await db.all<{ brand_key: string; brand: string }>(FIND_BRANDS, [JSON.stringify(keys)])
  const written = new Map(rows.map(({ brand_key, brand }) => [brand_key, toBrand(brand).brand]))
  for (const { target, spoken } of members.values()) {
    const brand = written.get(brandKey(target.brand)) ?? target.brand
    if (!spoken?.brand && brandKey(brand) === brandKey(target.brand)) target.brand = brand
  }
}

function toChanges(members: ReadonlyMap<string, Member>, aliases: Plan['aliases']): Change[] {
  const owners = new Map(
    aliases.map(({ after }) => [modelKey(after.brand_key, after.name_key), members.get(after.model_id)]),
  )
  const groups = new Map<string, Member[]>()
  for (const member of members.values()) {
    // Who bears the former name of a renamed model is that model, as it is for imports.
    const key = keyOf((member.spoken === undefined ? owners.get(keyOf(member)) : undefined) ?? member)
    groups.set(key, [...(groups.get(key) ?? []), member])
  }
  return [...groups.values()].flatMap((group) => {
    group.sort((a, b) => (a.model.id < b.model.id ? -1 : 1))
    const [{ model: before }, ...others] = group as [Member, ...Member[]]
    const named = group.find(({ spoken }) => spoken !== undefined) ?? (group[0] as Member)
    const after = { ...toAfter(named, group), id: before.id }
    const merged = others.map(({ model }) => model)
    return merged.length > 0 || differs(before, after) ? [{ before, after, merged }] : []
  })
}

function keyOf({ target }: Member): string {
  return modelKey(brandKey(target.brand), nameKey(target.name))
}

/** A model by the tables, named as `named` is, with type and SIM types by the best source of all in its group. */
function toAfter(named: Member, group: readonly Member[]): Model {
  const { model, target, spoken } = named
  const { brand, name } = target
  const best = (source: 'type_source' | 'sim_types_source') =>
    group.map((each) => each.model).reduce((a, b) => (rankOf(b[source]) > rankOf(a[source]) ? b : a))
  const { type, type_source } = best('type_source')
  const { sim_types, sim_types_source } = best('sim_types_source')
  const after = {
    ...model,
    ...{ brand, brand_key: brandKey(brand), name, name_key: nameKey(name) },
    is_code: spoken === undefined ? Number(target.isCode) : model.is_code,
    ...{ type, type_source, sim_types, sim_types_source },
  }
  // An operator's variant has the type and SIM types that it was made with.
  if (spoken !== undefined && spoken.former === null) return after
  const rules = spoken?.former ?? target
  if (rankOf(type_source) <= SOURCE_RANKS.rule) {
    const ruled = ruleType(rules.brand, rules.name)?.value
    Object.assign(after, { type: ruled ?? 'other', type_source: ruled ? 'rule' : null })
  }
  if (rankOf(sim_types_source) <= SOURCE_RANKS.rule) {
    const ruled = ruleSimTypes(rules.brand, rules.name)?.value
    Object.assign(after, { sim_types: toSimTypesText(ruled ?? []), sim_types_source: ruled ? 'rule' : null })
  }
  return after
}

function rankOf(source: string | null): number {
  return source === null ? -1 : SOURCE_RANKS[source as Source]
}

function differs(before: Model, after: Model): boolean {
  return COLUMNS.device_models.some((column) => (before[column] ?? 0) !== (after[column] ?? 0))
}

async function summarise(db: Queries, { looked, changes }: Plan): Promise<Renormalised> {
  const renamed: RenormalisedModel[] = []
  const merged: RenormalisedModel[] = []
  const kinds: RenormalisedModel[] = []
  const brands = new Map<string, { before: string; after: string; models: number }>()
  for (const { before, after, merged: others } of changes) {
    const line = { id: before.id, before: nameOf(before), after: nameOf(after) }
    if (line.before !== line.after) renamed.push(line)
    if (before.type !== after.type || before.sim_types !== after.sim_types) {
      kinds.push({ id: before.id, before: kindsOf(before), after: kindsOf(after) })
    }
    merged.push(...others.map((other) => ({ id: other.id, before: nameOf(other), after: nameOf(after) })))
    for (const { brand } of [before, ...others]) {
      if (brand === after.brand) continue
      const key = `${brand}\t${after.brand}`
      brands.set(key, { before: brand, after: after.brand, models: (brands.get(key)?.models ?? 0) + 1 })
    }
  }
  return {
    models: looked,
    renamed: renamed.length,
    merged: merged.length,
    kinds: kinds.length,
    claims: await respellClaims(db, () => {}),
    brands: [...brands.values()],
    examples: {
      renamed: renamed.slice(0, EXAMPLES),
      merged: merged.slice(0, EXAMPLES),
      kinds: kinds.slice(0, EXAMPLES),
    },
  }
}

function nameOf({ brand, name }: Model): string {
  return `${brand} ${name}`
}

function kindsOf(model: Model): string {
  const takes = (JSON.parse(model.sim_types) as string[]).join('+') || 'SIM types unknown'
  return `${nameOf(model)} (${model.type}, ${takes})`
}

/** Calls `write` for each claim that is written otherwise from now on; gives how many there are. */
async function respellClaims(
  db: Queries,
  write: (claim: readonly Parameter[]) => PromiseLike<unknown> | unknown,
): Promise<number> {
  let respelled = 0
  for await (const page of pagesOf(db, NEXT_CLAIMS, ['tac', 'source'])) {
    for (const claim of page as Record<'tac' | 'source' | 'brand' | 'name', string>[]) {
      const { brand, name } = identify(claim.brand, claim.name)
      if (brand === claim.brand && name === claim.name) continue
      respelled += 1
      await write([claim.tac, claim.source, brand, name])
    }
  }
  return respelled
}

async function apply(db: Database, { changes, aliases }: Plan, version: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await claimVersion(tx, version))) return false
    const survivors = new Map(changes.flatMap(({ before, merged }) => merged.map(({ id }) => [id, before.id] as const)))
    await merge(tx, survivors)
    const updated = changes.filter(({ before, after }) => differs(before, after))
    await tx.run(VACATE, [JSON.stringify(renamedIds(updated))])
    await tx.insert(
      'device_models',
      COLUMNS.device_models,
      updated.map(({ after }) => COLUMNS.device_models.map((column) => after[column])),
      `ON CONFLICT (id) DO UPDATE SET ${COLUMNS.device_models
        .filter((column) => column !== 'id')
        .map((column) => `${column} = excluded.${column}`)
        .join(', ')}`,
    )
    await respell(tx, aliases, survivors)
    await respellClaims(tx, (claim) => tx.run(UPDATE_CLAIM, claim))
    await putMark(tx, FACTS_MARK, factsDigest())
    return true
  })
}

/** Names are given up before they are given, since one model may come to the name that another one leaves. */
function renamedIds(changes: readonly Change[]): string[] {
  return changes
    .filter(({ before, after }) => before.brand_key !== after.brand_key || before.name_key !== after.name_key)
    .map(({ before }) => before.id)
}

/** Makes models one with others: of what the same source says of both, the survivor's word stands. */
async function merge(tx: Queries, survivors: ReadonlyMap<string, string>): Promise<void> {
  const claims = new Map<string, Parameter[]>()
  const ids = [...survivors.keys()].sort()
  for (let first = 0; first < ids.length; first += BATCH_ROWS) {
    const page = JSON.stringify(ids.slice(first, first + BATCH_ROWS))
    const rows = await tx.all<Record<'model_id' | 'source' | 'type' | 'sim_types', string>>(FIND_MODEL_CLAIMS, [page])
    for (const { model_id, source, type, sim_types } of rows) {
      const survivor = survivors.get(model_id) as string
      const said = claims.get(`${survivor} ${source}`)
      claims.set(`${survivor} ${source}`, [survivor, source, said?.[2] ?? type, said?.[3] ?? sim_types])
    }
  }
  await tx.insert('merged_models', ['id', 'model_id'], [...survivors])
  await tx.insert(
    'model_claims',
    COLUMNS.model_claims,
    [...claims.values()],
    `ON CONFLICT (model_id, source) DO UPDATE SET type = COALESCE(model_claims.type, excluded.type),
      sim_types = COALESCE(model_claims.sim_types, excluded.sim_types)`,
  )
  for (const statement of FOLLOW_MERGED) await tx.run(statement)
}

async function respell(tx: Queries, aliases: Plan['aliases'], survivors: ReadonlyMap<string, string>): Promise<void> {
  for (const { before } of aliases) await tx.run(DELETE_ALIAS, [before.brand_key, before.name_key])
  const rows = aliases.map(({ after: { brand_key, name_key, brand, name, model_id } }) => [
    ...[brand_key, name_key, brand, name],
    survivors.get(model_id) ?? model_id,
  ])
  await tx.insert('model_aliases', ['brand_key', 'name_key', 'brand', 'name', 'model_id'], rows)
}
