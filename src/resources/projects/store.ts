import type { StoredProject } from '../../caller.ts'
import type { Project } from '../../contract/project.ts'
import { columns, insertInto, write } from '../../db/insert.ts'
import type { Parameter, Queries } from '../../db/port.ts'

interface Row {
  id: string
  tag: string
  type: Project['type']
  name: string
  locales: string
  created_at: string
}

const COLUMNS = columns<Row>()({ id: true, tag: true, type: true, name: true, locales: true, created_at: true })
const SELECT = `SELECT ${COLUMNS.names.join(', ')} FROM projects`
const INSERT = insertInto('projects', COLUMNS, 'ON CONFLICT (id) DO NOTHING')
const FIND = `${SELECT} WHERE id = $1`
const FIND_BY_TAG = `${SELECT} WHERE tag = $1`
const LIST = `${SELECT} ORDER BY created_at, id`

/** Inserts a project. Returns false if its id is taken. */
export async function insertProject(tx: Queries, project: StoredProject): Promise<boolean> {
  const { id, tag, type, name, locales, createdAt } = project
  const row = { id, tag, type, name, locales: JSON.stringify(locales), created_at: createdAt }
  return (await write(tx, INSERT, row)) === 1
}

export function findProject(db: Queries, id: string): Promise<StoredProject | undefined> {
  return findOne(db, FIND, id)
}

export function findProjectByTag(db: Queries, tag: string): Promise<StoredProject | undefined> {
  return findOne(db, FIND_BY_TAG, tag)
}

export async function listProjects(db: Queries): Promise<StoredProject[]> {
  return (await db.all<Row>(LIST)).map(toProject)
}

async function findOne(db: Queries, sql: string, parameter: Parameter): Promise<StoredProject | undefined> {
  const row = await db.get<Row>(sql, [parameter])
  return row && toProject(row)
}

function toProject({ id, tag, type, name, locales, created_at }: Row): StoredProject {
  return { object: 'project', id, tag, name, type, locales: JSON.parse(locales), createdAt: created_at }
}
