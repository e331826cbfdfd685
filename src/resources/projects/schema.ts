import type { Operation } from '../../contract/operation.ts'
import { PROJECT_ID_PATTERN, Project, ProjectPath } from '../../contract/project.ts'
import { List, listQuery } from '../../contract/schemas.ts'

export const ProjectList = List(Project)

export const ListProjects = listQuery(PROJECT_ID_PATTERN, {})

const tags: [string] = ['Projects']

export const ProjectsList = {
  operationId: 'ProjectsList',
  method: 'GET',
  path: '/projects',
  access: 'open',
  tags,
  summary: 'List all projects',
  description: 'Returns the projects that the token can see: only its own.',
  querystring: ListProjects,
  response: { 200: ProjectList },
} satisfies Operation

export const ProjectsRetrieve = {
  operationId: 'ProjectsRetrieve',
  method: 'GET',
  path: '/projects/{project}',
  access: 'open',
  tags,
  summary: 'Retrieve a project',
  description: 'Retrieves the project that the token belongs to.',
  params: ProjectPath,
  response: { 200: Project },
} satisfies Operation
