import type { Parameter } from '../port.ts'
import { spell } from './queries.ts'

/** The tables of a project on the machine that has its shards. */
export interface TablesOfShards {
  /** The name there of each table: a shard, or a copy. */
  names: ReadonlyMap<string, string>
  /** The object identifiers of the shards, by the names of their tables. */
  ids: ReadonlyMap<string, string>
  /** The id of one of the shards. All shards of a project move together. */
  shardId: string
}

/** A change, as it runs on shards. */
export interface ShardChange {
  sql: string
  /** Where its parameters have the project. */
  projects: readonly number[]
}

/** Rewrites a statement for the shards of a project; null if it has to go through Citus. */
export function readOnShards(sql: string, tables: TablesOfShards): string | null {
  const text = isReadOfProject(sql) ? onShards(spell(sql), tables) : null
  return text === null ? null : ifHere(text, tables)
}

/** The same for a statement that changes a distributed table. */
export function changeOnShards(sql: string, tables: TablesOfShards): ShardChange | null {
  const projects = tables.ids.has(tableChangedBy(sql)) ? projectsOfChange(sql) : []
  const text = projects.length > 0 ? onShards(spell(sql), tables) : null
  return text === null ? null : { sql: text, projects }
}

/** The table that a statement changes; empty if it changes none. */
export function tableChangedBy(sql: string): string {
  const [, table = ''] = /^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)/.exec(sql) ?? []
  return table
}

/** Whether a change is one of this project. */
export function isOfProject({ projects }: ShardChange, parameters: readonly Parameter[], project: string): boolean {
  return projects.every((place) => parameters[place] === project)
}

/** What a statement compares with `project_id`. */
function comparisonsOf(sql: string): string[] {
  return [...sql.matchAll(/\bproject_id = (\S+?)(?=[\s,)]|$)/g)].map(([, value]) => value as string)
}

/** Whether a statement reads the rows of one project, the first parameter. */
export function isReadOfProject(sql: string): boolean {
  const projects = comparisonsOf(sql)
  const isRead = /^\s*(?:SELECT|WITH)\b/.test(sql) && !/\b(?:INSERT|UPDATE|DELETE|FOR UPDATE)\b/.test(sql)
  return isRead && projects.includes('$1') && projects.every((value) => value === '$1' || /\.project_id$/.test(value))
}

/** Where a change has its project among the parameters; empty if that is not certain. */
function projectsOfChange(sql: string): number[] {
  const [, columns, values] =
    /^\s*INSERT INTO \w+ \(([^)]*)\)\s+VALUES \(([^()]*)\)\s*(?:ON CONFLICT|$)/.exec(sql) ?? []
  const inserted = values?.split(', ')[columns?.split(', ').indexOf('project_id') ?? -1]
  const places = [...comparisonsOf(sql), ...(values === undefined ? [] : [inserted])].map((value) => {
    const [, number] = /^\$(\d+)$/.exec(value ?? '') ?? []
    return Number(number) - 1
  })
  return places.every((place) => place >= 0) ? places : []
}

/** The names that a statement gives to results of its own (WITH). */
const OWN_NAMES = /\b(\w+)(?: \([^()]*\))? AS (?:NOT MATERIALIZED |MATERIALIZED )?\(/g

/** A table, and its alias. */
const TABLES = /\b(FROM|JOIN|INTO|UPDATE)(\s+)([a-z]\w*)\b(?!\()(\s+(?:AS\s+)?[a-z]\w*\b)?/g

/** Rewrites a statement for the shards of a project; null if it has tables elsewhere than after the words above. */
function onShards(sql: string, { names }: TablesOfShards): string | null {
  const own = new Set([...sql.matchAll(OWN_NAMES)].map(([, name]) => name))
  const unknown: string[] = []
  const text = sql.replaceAll(TABLES, (all, word, blank, table, alias = ` AS ${table}`) => {
    const shard = names.get(table)
    if (shard !== undefined) return `${word}${blank}${shard}${alias}`
    if (!own.has(table)) unknown.push(table)
    return all
  })
  const isListed = (table: string) => new RegExp(`,\\s*${table}\\b(?!\\.)`).test(sql)
  if (unknown.length > 0 || [...names.keys()].some(isListed)) return null
  return text
}

/**
 * While shards move to another machine, the old ones remain for a moment after the new ones take changes. The statement
 * checks in its own snapshot that this machine has the shards: it fails otherwise, by dividing by zero.
 */
function ifHere(sql: string, { shardId }: TablesOfShards): string {
  return `SELECT own.* FROM (${sql}) own WHERE 1 / (SELECT COUNT(*) FROM pg_dist_placement p
    JOIN pg_dist_local_group g ON g.groupid = p.groupid WHERE p.shardid = ${shardId} AND p.shardstate = 1) = 1`
}
