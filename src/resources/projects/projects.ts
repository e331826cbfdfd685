import type { Caller, StoredProject } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { listOf } from '../../contract/list.ts'
import { PROJECT_ID_PATTERN, type Project } from '../../contract/project.ts'
import { toCursor, toPage } from '../../domain/cursor.ts'
import { newProjectTag } from '../../domain/id.ts'
import { toTimestamp } from '../../domain/time.ts'
import { SetupError } from '../../errors.ts'
import * as store from './store.ts'

const DEFAULT_LOCALES = ['en-US']

/**
 * Creates a project. Its `type` never changes. `name` defaults to the id, and `locales` to en-US.
 *
 * Throws `SetupError` if the id has the wrong form or is taken, or a locale is invalid.
 */
export async function createProject(
  { db, clock }: Context,
  input: { id: string; type: Project['type']; name?: string | undefined; locales?: string[] | undefined },
): Promise<StoredProject> {
  if (!new RegExp(PROJECT_ID_PATTERN).test(input.id)) {
    throw new SetupError(
      `"${input.id}" cannot be the id of a project: it must have 3 to 30 characters a-z, 0-9 and -, start with a letter and not end with -`,
    )
  }
  const project: StoredProject = {
    object: 'project',
    id: input.id,
    tag: newProjectTag(),
    name: input.name ?? input.id,
    type: input.type,
    locales: input.locales ?? DEFAULT_LOCALES,
    createdAt: toTimestamp(clock()),
  }
  try {
    Intl.getCanonicalLocales(project.locales)
  } catch {
    throw new SetupError(`${project.locales.join(', ')}: a locale is a BCP 47 tag such as en-US`)
  }
  if (!(await db.transaction((tx) => store.insertProject(tx, project)))) {
    throw new SetupError(`Project ${input.id} already exists`)
  }
  return project
}

export function allProjects({ db }: Context): Promise<StoredProject[]> {
  return store.listProjects(db)
}

/** Returns the project with this id. Throws `SetupError` if there is none. */
export async function requireProject({ db }: Context, id: string): Promise<StoredProject> {
  const project = await store.findProject(db, id)
  if (project === undefined)
    throw new SetupError(`Project ${id} does not exist. List projects with: handset projects list`)
  return project
}

/** Finds projects by their tag. Projects never change, so each is read only once. */
export function createProjectFinder({ db }: Context): (tag: string) => Promise<StoredProject | undefined> {
  const known = new Map<string, StoredProject>()
  return async (tag) => {
    const project = known.get(tag) ?? (await store.findProjectByTag(db, tag))
    if (project !== undefined) known.set(tag, project)
    return project
  }
}

/** The caller's project as JSON. */
export function getProject({ project }: Caller): string {
  return JSON.stringify(toPublicProject(project))
}

/** Lists the projects that a caller may see: the caller's own. */
export function listProjects(caller: Caller, query: Parameters<typeof toCursor>[0]): string {
  const cursor = toCursor(query)
  const { after, before } = cursor
  const { id } = caller.project
  const isAhead = (after === undefined || id < after) && (before === undefined || id > before)
  return listOf(toPage(isAhead ? [{ id, json: getProject(caller) }] : [], false, cursor))
}

/** A project as the API shows it, without its tag. */
export function toPublicProject({ tag: _, ...project }: StoredProject): Project {
  return project
}
