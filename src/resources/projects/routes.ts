import type { Caller } from '../../caller.ts'
import { listOf } from '../../contract/list.ts'
import { toCursor, toPage } from '../../domain/cursor.ts'
import type { Api } from '../../http/operation.ts'
import { toPublicProject } from './projects.ts'
import { ProjectsList, ProjectsRetrieve } from './schema.ts'

/** Projects as a token sees them: its own. */
export function projectListRoutes(api: Api): void {
  api.get('/projects', { schema: ProjectsList }, ({ caller, query }) => listProjects(caller, query))
}

/** The project of the path, in the scope that has found it. */
export function projectRoutes(api: Api): void {
  api.get('', { schema: ProjectsRetrieve }, ({ caller }) => JSON.stringify(toPublicProject(caller.project)))
}

/** The list has one item, so its id is its place: a cursor stands before or behind it. */
function listProjects({ project }: Caller, query: Parameters<typeof toCursor>[0]): string {
  const cursor = toCursor(query)
  const { after, before } = cursor
  const ahead = (after === undefined || project.id < after) && (before === undefined || project.id > before)
  const row = { id: project.id, json: JSON.stringify(toPublicProject(project)) }
  return listOf(toPage(ahead ? [row] : [], false, cursor))
}
