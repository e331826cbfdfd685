import { type Static, Type } from 'typebox'
import { closed, oneOf, Timestamp } from './schemas.ts'

export const PROJECT_TYPES = ['live', 'test'] as const

export const PROJECT_ID_PATTERN = '^[a-z][a-z0-9-]{1,28}[a-z0-9]$'

export const Project = closed(
  {
    object: Type.Literal('project'),
    id: Type.String({ pattern: PROJECT_ID_PATTERN, examples: ['demo'] }),
    name: Type.String({ examples: ['Demo'] }),
    type: oneOf(PROJECT_TYPES, {
      description: 'A `live` project rejects IMEIs with a wrong check digit; a `test` project accepts made-up IMEIs.',
    }),
    locales: Type.Array(Type.String(), {
      description: 'BCP 47 language tags. The first is the default of new users.',
      examples: [['en-US']],
    }),
    createdAt: Timestamp,
  },
  { title: 'Project', description: 'A separate registry: nothing in one project is visible in another.' },
)
export type Project = Static<typeof Project>

export const ProjectPath = closed({
  project: Type.String({ description: 'Unique identifier for the project.', examples: ['demo'] }),
})
