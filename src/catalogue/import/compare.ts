import type { Parameter, Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { nameKeySql } from '../model.ts'
import { compareNamingSql, isOfOtherEraSql, rankOf, rankSql, type Source } from '../precedence.ts'
import { toStagedModel } from './staged-model.ts'
import { type StagedModel, stage } from './staging.ts'

// A TAC's name and its SIM types may come from different sources: each is compared with what the catalogue has.

/** `naming` compares the names; `replaces_sim_types` is whether the SIM types of the source replace those of the TAC. */
export const COMPARED_TACS = `CREATE TABLE compared_tacs (
    tac TEXT PRIMARY KEY,
    naming TEXT NOT NULL,
    replaces_sim_types INTEGER NOT NULL
  )`

const HAS_SAME_NAME = `(m.brand_key = s.brand_key AND ${nameKeySql('m.name_key')} = ${nameKeySql('s.name_key')}
    OR EXISTS (SELECT 1 FROM live_model_aliases a WHERE a.model_id = l.model_id AND a.brand_key = s.brand_key
      AND a.name_key IN (s.name_key, ${nameKeySql('s.name_key')})))`
const VERDICT = compareNamingSql(
  {
    rank: '$1',
    brandKey: 's.brand_key',
    nameKey: nameKeySql('s.name_key'),
    isCode: 's.is_code',
    simTypes: 't.sim_types',
    year: 's.year',
  },
  {
    source: 'l.source',
    brandKey: 'm.brand_key',
    nameKey: nameKeySql('m.name_key'),
    isCode: 'm.is_code',
    year: 'y.year',
  },
)
const IS_OF_OTHER_ERA = isOfOtherEraSql({ rank: '$1', year: 's.year' }, { source: 'l.source', year: 'y.year' })
/** `$1` is the rank of the source. Statements about a phone of another era are not applied to this one. */
const COMPARE = `INSERT INTO compared_tacs (tac, naming, replaces_sim_types)
  SELECT t.tac, CASE WHEN ${HAS_SAME_NAME} THEN 'same' ELSE ${VERDICT} END,
    CASE WHEN ${IS_OF_OTHER_ERA} THEN CASE WHEN s.year > y.year THEN 1 ELSE 0 END
      WHEN t.sim_types IS NOT NULL AND ${rankSql('t.sim_types_source')} >= ${rankSql('l.sim_types_source')}
      THEN 1 ELSE 0 END
  FROM live_tacs l
  CROSS JOIN staged_tacs t ON t.tac = l.tac
  CROSS JOIN staged_models s ON s.model = t.stated
  CROSS JOIN live_device_models m ON m.id = l.model_id
  LEFT JOIN live_years y ON y.model_id = l.model_id
  ORDER BY t.tac`

const RESET = 'UPDATE staged_tacs SET model = stated WHERE model <> stated'
/** TACs that take their name from one side and their SIM types from the other. */
const NEXT_MIXED = `SELECT c.tac, t.line,
    CASE c.naming WHEN 'replaces' THEN s.brand ELSE m.brand END AS brand,
    CASE c.naming WHEN 'replaces' THEN s.name ELSE m.name END AS name,
    CASE c.naming WHEN 'replaces' THEN s.is_code ELSE COALESCE(m.is_code, 0) END AS is_code,
    CASE c.naming WHEN 'replaces' THEN m.sim_types ELSE t.sim_types END AS sim_types,
    CASE c.naming WHEN 'replaces' THEN s.stated_type END AS stated_type
  FROM compared_tacs c
  CROSS JOIN staged_tacs t ON t.tac = c.tac
  CROSS JOIN staged_models s ON s.model = t.stated
  CROSS JOIN live_tacs l ON l.tac = c.tac
  CROSS JOIN live_device_models m ON m.id = l.model_id
  WHERE c.tac > $1 AND (c.naming = 'replaces' AND c.replaces_sim_types = 0 AND l.sim_types_source IS NOT NULL
    OR c.naming IN ('lessSpecific', 'outranked') AND c.replaces_sim_types = 1)
  ORDER BY c.tac LIMIT 1000`
const PUT_MODEL = 'UPDATE staged_tacs SET model = $2 WHERE tac = $1'

/** Compares each staged TAC with the copied one, and stages the models of those that mix name and SIM types. */
export async function compareTacs(staging: Queries, source: Source): Promise<void> {
  await staging.run('DELETE FROM compared_tacs')
  await staging.run(RESET)
  await staging.run(COMPARE, [rankOf(source)])
  for await (const page of walkPages<Record<string, Parameter>>(staging, NEXT_MIXED, ['tac'])) {
    const models = page.map(toMixedModel)
    const numbers = await stage(staging, { models, tacs: [] })
    for (const [place, { tac }] of page.entries()) {
      await staging.run(PUT_MODEL, [tac as string, numbers.get((models[place] as StagedModel).key) as number])
    }
  }
}

function toMixedModel({ brand, name, is_code, sim_types, stated_type, line }: Record<string, Parameter>): StagedModel {
  const identity = { brand: String(brand), name: String(name), isCode: is_code === 1 }
  const model = toStagedModel(identity, String(sim_types), Number(line))
  return { ...model, statedType: stated_type as string | null }
}
