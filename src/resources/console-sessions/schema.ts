import { type Static, Type } from 'typebox'
import { ROLES } from '../../contract/operation.ts'
import { Project } from '../../contract/project.ts'
import { closed, idOf, oneOf } from '../../contract/schemas.ts'

/** A project that a session is signed in to, and the API key that it acts as. */
const SignedIn = closed({
  project: Project,
  key: closed({
    id: idOf('key', 'Unique identifier for the API key.', 'key_0SNlurA049MEWV55CrA9qMvI2FVJ'),
    name: Type.String(),
    role: oneOf(ROLES),
  }),
})
export type SignedIn = Static<typeof SignedIn>

/** A session of the console as the API shows it (docs/contract.md §17). */
export const ConsoleSession = closed({
  object: Type.Literal('consoleSession'),
  projects: Type.Array(SignedIn),
})
export type ConsoleSession = Static<typeof ConsoleSession>

export const CreateConsoleSession = closed({
  /** A code from `handset console link`. Without it, the request needs an API key as its bearer token. */
  code: Type.Optional(Type.String()),
  /** Whether the browser keeps the session when it closes. */
  remember: Type.Optional(Type.Boolean()),
})
export type CreateConsoleSession = Static<typeof CreateConsoleSession>
