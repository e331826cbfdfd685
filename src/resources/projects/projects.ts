import type { StoredProject } from '../../caller.ts'
import type { Registry } from '../../context.ts'
import { PROJECT_ID_PATTERN, type Project } from '../../contract/project.ts'
import { newProjectTag } from '../../domain/id.ts'
import { toTimestamp } from '../../domain/time.ts'
import { SetupError } from '../../errors.ts'
import { findProject, findProjectByTag, insertProject, listProjects } from './store.ts'

const DEFAULT_LOCALES = ['en-US']

/**
 * Makes a project. `type` never changes afterwards; `name` is the id, and `locales` en-US, where not given.
 *
 * Throws `SetupError` when the id has the wrong shape or is taken, or a locale is none.
 */
export async function createProject(
  { db, clock }: Registry,
  input: { id: string; type: Project['type']; name?: string | undefined; locales?: string[] | undefined },
): Promise<StoredProject> {
  if (!new RegExp(PROJECT_ID_PATTERN).test(input.id)) {
    throw new SetupError(
      `"${input.id}" cannot be a project's id: 3 to 30 characters a-z, 0-9 and -, beginning with a letter and not ending with -`,
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
  if (!(await db.transaction((tx) => insertProject(tx, project)))) {
    throw new SetupError(`There is a project ${input.id} already`)
  }
  return project
}

export function allProjects({ db }: Registry): Promise<StoredProject[]> {
  return listProjects(db)
}

/** The project with this id. Throws `SetupError` where there is none. */
export async function requireProject({ db }: Registry, id: string): Promise<StoredProject> {
  const project = await findProject(db, id)
  if (project === undefined) throw new SetupError(`There is no project ${id}. List them with: handset projects list`)
  return project
}

/** Finds projects by their tag. They never change, so one found once is kept. */
export function createProjectFinder({ db }: Registry): (tag: string) => Promise<StoredProject | undefined> {
  const known = new Map<string, StoredProject>()
  return async (tag) => {
    const project = known.get(tag) ?? (await findProjectByTag(db, tag))
    if (project !== undefined) known.set(tag, project)
    return project
  }
}

/** A project as the API shows it. */
export function toPublicProject({ tag: _, ...project }: StoredProject): Project {
  return project
}
