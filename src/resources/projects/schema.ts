import { type Static, Type } from 'typebox'
import type { Operation } from '../../http/operation.ts'
import { closed, List, listQuery, oneOf, Timestamp } from '../../http/schemas.ts'

export const PROJECT_TYPES = ['live', 'test'] as const

export const PROJECT_ID_PATTERN = '^[a-z][a-z0-9-]{1,28}[a-z0-9]$'

export const Project = closed(
  {
    object: Type.Literal('project'),
    id: Type.String({ pattern: PROJECT_ID_PATTERN, examples: ['demo'] }),
    name: Type.String({ examples: ['Demo'] }),
    type: oneOf(PROJECT_TYPES, {
      description: 'A `live` project checks the check digit of IMEIs; a `test` project takes them as they are made up.',
    }),
    locales: Type.Array(Type.String(), {
      description: 'BCP 47 tags; the first is that of new users.',
      examples: [['en-US']],
    }),
    createdAt: Timestamp,
  },
  { title: 'Project', description: 'A separate registry: nothing of one project shows in another.' },
)
export type Project = Static<typeof Project>

export const ProjectList = List(Project)

export const ListProjects = listQuery(PROJECT_ID_PATTERN, {})

export const ProjectPath = closed({
  project: Type.String({ description: 'The unique identifier for the project.', examples: ['demo'] }),
})

const tags: [string] = ['Projects']

export const ProjectsList = {
  operationId: 'ProjectsList',
  tags,
  summary: 'List all projects',
  description: 'Returns the projects that the token may see: its own.',
  querystring: ListProjects,
  response: { 200: ProjectList },
} satisfies Operation

export const ProjectsRetrieve = {
  operationId: 'ProjectsRetrieve',
  tags,
  summary: 'Retrieve a project',
  description: 'Retrieves the project that the token belongs to.',
  params: ProjectPath,
  response: { 200: Project },
} satisfies Operation
