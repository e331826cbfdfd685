import type { TObject } from 'typebox'
import type { ColumnRule, ColumnType } from '../domain/csv/columns.ts'
import type { Table } from '../domain/csv/header.ts'

/** Ignored by imports. Exports contain it, and can be imported unchanged. */
const IGNORED = 'id'

interface PropertySchema {
  type?: string | string[]
  enum?: unknown[]
  rule?: string
}

/** Creates the CSV table whose columns are the properties of a schema. Throws if CSV cannot represent a property. */
export function tableOf(name: string, schema: TObject): Table {
  const properties = Object.entries(schema.properties as Record<string, PropertySchema>)
  return {
    name,
    columns: Object.fromEntries(
      properties
        .filter(([property]) => property !== IGNORED)
        .map(([property, rule]) => [property, columnOf(rule, property)]),
    ),
    required: schema.required ?? [],
  }
}

function columnOf(schema: PropertySchema, property: string): ColumnRule {
  const types = [schema.type ?? []].flat()
  return { type: typeOf(schema, types, property), isNullable: types.includes('null') }
}

function typeOf({ enum: words, rule }: PropertySchema, types: readonly string[], property: string): ColumnType {
  if (types.includes('array')) return 'digitsList'
  if (types.includes('boolean')) return 'boolean'
  if (types.includes('object')) return 'json'
  if (rule === 'imei' || rule === 'iccid') return 'digits'
  if (words !== undefined) return words.filter((word) => typeof word === 'string')
  if (types.includes('string')) return 'text'
  throw new Error(`CSV cannot represent the property ${property}`)
}
