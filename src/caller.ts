import type { Role } from './contract/operation.ts'
import type { Project } from './contract/project.ts'

/** A project with its tag, which is part of its tokens and of the ids of its objects. */
export interface StoredProject extends Project {
  tag: string
}

/** Who is calling (docs/contract.md §10). */
export interface Caller {
  project: StoredProject
  /** The id of the API key or user token. Empty for the command line. */
  tokenId: string
  /** The user that a user token acts as; null for an API key. */
  userId: string | null
  /** The name and the role of an API key; null for a user token and for the command line. */
  key: { name: string; role: Role } | null
}

/** The command line, and jobs of the server: they may do everything in a project. */
export function systemCaller(project: StoredProject): Caller {
  return { project, tokenId: '', userId: null, key: null }
}

/** Identifies callers by the `Authorization` header, at a version of the store (see `Database.version`). */
export interface Authenticator {
  /** The caller, if identified before at this version and not expired since. */
  recall(authorization: string | undefined, version: number): Caller | undefined
  /** Throws `unauthenticated` (RFC 6750 §3) for a missing, unknown, expired or revoked token. */
  authenticate(authorization: string | undefined, version: number): Promise<Caller>
}
