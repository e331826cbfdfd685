import { brandKey, nameKey } from '../../domain/keys.ts'
import { yearOf } from '../facts/eras.ts'
import type { Identity } from '../facts/names.ts'
import { ruleSimTypes } from '../facts/sim-rules.ts'
import { ruleType } from '../facts/type-rules.ts'
import { modelKey, toSimTypesText, variantKey } from '../model.ts'
import type { StagedModel } from './staging.ts'

/**
 * The model of a TAC for which a source states these SIM types (JSON text), or null if it states none. TACs with stated
 * SIM types belong to a variant of their own, unless the rules state the same SIM types for the name.
 */
export function toStagedModel({ brand, name, isCode }: Identity, stated: string | null, line: number): StagedModel {
  const ruled = ruleSimTypes(brand, name)?.value
  const ruledText = ruled ? toSimTypesText(ruled) : null
  const variant = stated === null || stated === ruledText ? '' : stated
  return {
    key: modelKey(brandKey(brand), variantKey(name, variant)),
    baseKey: modelKey(brandKey(brand), nameKey(name)),
    line,
    brand,
    brandKey: brandKey(brand),
    name,
    nameKey: variantKey(name, variant),
    isCode,
    ruleType: ruleType(brand, name)?.value ?? null,
    year: yearOf(brand, name),
    simTypes: variant === '' ? (ruledText ?? '[]') : variant,
    simTypesSource: variant === '' && ruledText !== null ? 'rule' : null,
  }
}
