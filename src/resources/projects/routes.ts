import { type Route, route } from '../../http/route.ts'
import { getProject, listProjects } from './projects.ts'
import { ProjectsList, ProjectsRetrieve } from './schema.ts'

export const projectRoutes: readonly Route[] = [
  route(ProjectsList, ({ caller, query }) => listProjects(caller, query)),
  route(ProjectsRetrieve, ({ caller }) => getProject(caller)),
]
