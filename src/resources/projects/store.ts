import type { StoredProject } from '../../caller.ts'
import type { Project } from '../../contract/project.ts'
import type { Parameter, Queries } from '../../db/port.ts'

interface Row {
  id: string
  tag: string
  type: Project['type']
  name: string
  locales: string
  created_at: string
}

const INSERT = `INSERT INTO projects (id, tag, type, name, locales, created_at)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (id) DO NOTHING`
const FIND = 'SELECT id, tag, type, name, locales, created_at FROM projects WHERE id = $1'
const FIND_BY_TAG = 'SELECT id, tag, type, name, locales, created_at FROM projects WHERE tag = $1'
const LIST = 'SELECT id, tag, type, name, locales, created_at FROM projects ORDER BY created_at, id'

/** Gives false when a project of that id exists. */
export async function insertProject(tx: Queries, project: StoredProject): Promise<boolean> {
  const { id, tag, type, name, locales, createdAt } = project
  return (await tx.run(INSERT, [id, tag, type, name, JSON.stringify(locales), createdAt])) === 1
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
