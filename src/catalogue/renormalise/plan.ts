import type { Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { brandKey, nameKey } from '../../domain/keys.ts'
import { toBrand } from '../facts/brands.ts'
import { identify } from '../facts/names.ts'
import { modelKey, variantKey, variantOf } from '../model.ts'
import { type Alias, COLUMNS, type Model } from '../tables.ts'
import { differs, type Member, type OperatorNaming, type Plan } from './change.ts'
import { toAfter, toChanges, toMember } from './member.ts'

const BATCH_ROWS = 2_000

const MODEL = COLUMNS.device_models.names.join(', ')
const NEXT_MODELS = `SELECT ${MODEL} FROM device_models WHERE id > $1 ORDER BY id LIMIT ${BATCH_ROWS}`
const FIND_NAMED = `SELECT ${MODEL} FROM device_models WHERE name_key IN (JSON_ITEMS($1))`
const FIND_MODELS = `SELECT ${MODEL} FROM device_models WHERE id IN (JSON_ITEMS($1))`
const FIND_BRANDS = `SELECT brand_key, MIN(brand) AS brand FROM device_models
  WHERE brand_key IN (JSON_ITEMS($1)) GROUP BY brand_key`
const LIST_ALIASES = 'SELECT brand_key, name_key, brand, name, model_id FROM model_aliases ORDER BY model_id'
/** Models whose TACs were all set by an operator, each with the claims of sources about these TACs. */
const LIST_OPERATORS = `SELECT t.model_id, c.brand, c.name FROM tacs t LEFT JOIN tac_claims c ON c.tac = t.tac
  WHERE t.source = 'operator'
    AND NOT EXISTS (SELECT 1 FROM tacs o WHERE o.model_id = t.model_id AND o.source <> 'operator')`

/** Plans what the facts of this version change. Only reads the catalogue. */
export async function planAll(db: Queries): Promise<Plan> {
  const aliases = await db.all<Alias>(LIST_ALIASES)
  const namings = await findOperatorNamings(db, aliases)
  const members = new Map<string, Member>()
  let examined = 0
  for await (const page of walkPages<Model>(db, NEXT_MODELS, ['id'])) {
    examined += page.length
    for (const model of page) {
      const member = toMember(model, namings.get(model.id))
      if (differs(model, toAfter(member, [member]))) members.set(model.id, member)
    }
  }
  const newAliases = normaliseAliases(aliases, namings)
  await addNameHolders(db, members, newAliases, namings)
  await settleBrands(db, members)
  return { examined, changes: toChanges(members, newAliases), aliases: newAliases.filter(isRenamed) }
}

async function findOperatorNamings(db: Queries, aliases: readonly Alias[]): Promise<Map<string, OperatorNaming>> {
  const namings = new Map<string, OperatorNaming>()
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
    // A variant that differs only in type or SIM types has the sources' name, followed by the difference in brackets.
    const sameName = sameBrand.some(({ name }) => `${nameKey(model.name)} (`.startsWith(`${nameKey(name)} (`))
    namings.set(id, { brand: sameBrand.length === 0, name: !sameName, former: null })
  }
  for (const { model_id, brand, brand_key, name, name_key } of aliases) {
    const model = models.get(model_id) as Model
    const former = identify(brand, name)
    namings.set(model_id, { brand: brand_key !== model.brand_key, name: name_key !== model.name_key, former })
  }
  return namings
}

async function findModels(db: Queries, ids: readonly string[]): Promise<Model[]> {
  return ids.length === 0 ? [] : db.all<Model>(FIND_MODELS, [JSON.stringify(ids)])
}

/** Normalises the former names of renamed models. If two become equal, the older model keeps the name. */
function normaliseAliases(aliases: readonly Alias[], namings: ReadonlyMap<string, OperatorNaming>): Plan['aliases'] {
  const taken = new Set<string>()
  return aliases.map((before) => {
    const { brand, name } = namings.get(before.model_id)?.former ?? before
    const after = {
      ...before,
      brand,
      name,
      brand_key: brandKey(brand),
      name_key: variantKey(name, variantOf(before.name_key)),
    }
    const key = modelKey(after.brand_key, after.name_key)
    if (taken.has(key)) return { before, after: before }
    taken.add(key)
    return { before, after }
  })
}

function isRenamed({ before, after }: Plan['aliases'][number]): boolean {
  return before.brand !== after.brand || before.name !== after.name
}

/** Adds the unchanged models that have a name to which another model, or an alias, changes. */
async function addNameHolders(
  db: Queries,
  members: Map<string, Member>,
  aliases: Plan['aliases'],
  namings: ReadonlyMap<string, OperatorNaming>,
): Promise<void> {
  const keys = [
    ...[...members.values()].map(
      ({ target }) => [brandKey(target.brand), variantKey(target.name, target.variant)] as const,
    ),
    ...aliases.map(({ after }) => [after.brand_key, after.name_key] as const),
  ]
  const wanted = new Set(keys.map(([brand, name]) => modelKey(brand, name)))
  const nameKeys = [...new Set(keys.map(([, name]) => name))]
  const found = await findModels(
    db,
    aliases.map(({ before }) => before.model_id),
  )
  for (let first = 0; first < nameKeys.length; first += BATCH_ROWS) {
    const named = await db.all<Model>(FIND_NAMED, [JSON.stringify(nameKeys.slice(first, first + BATCH_ROWS))])
    found.push(...named.filter(({ brand_key, name_key }) => wanted.has(modelKey(brand_key, name_key))))
  }
  for (const model of found) {
    if (!members.has(model.id)) members.set(model.id, toMember(model, namings.get(model.id)))
  }
}

/** A brand without an entry in the facts keeps the spelling that the catalogue has. */
async function settleBrands(db: Queries, members: ReadonlyMap<string, Member>): Promise<void> {
  const keys = [...new Set([...members.values()].map(({ target }) => brandKey(target.brand)))]
  const rows = await db.all<{ brand_key: string; brand: string }>(FIND_BRANDS, [JSON.stringify(keys)])
  const written = new Map(rows.map(({ brand_key, brand }) => [brand_key, toBrand(brand).brand]))
  for (const { target, operator } of members.values()) {
    const brand = written.get(brandKey(target.brand)) ?? target.brand
    if (!operator?.brand && brandKey(brand) === brandKey(target.brand)) target.brand = brand
  }
}
