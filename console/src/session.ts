import { createHandset, type Handset, HandsetError, type Project } from '@handset/sdk'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

import { API_URL } from './address.ts'
import { endDrafts } from './drafts.ts'

/** In the session storage, which ends with the tab. */
const STORED_KEY = 'handset.key'

/** Shown when the server no longer accepts a key. */
export const KEY_ENDED = 'The key is no longer valid. Sign in with another.'

/** A signed-in person: a client with their key, and the project that the key opens. */
export interface Session {
  handset: Handset
  project: Project
  /** Ends the session. The sign-in page shows the reason. */
  end(reason?: string): void
}

const SessionContext = createContext<Session | null>(null)

export const SessionProvider = SessionContext.Provider

/** The session. Only components below the sign-in may call this. */
export function useSession(): Session {
  return useContext(SessionContext) as Session
}

/** Whether signing in failed because the key is invalid, and not because the server did not respond. */
export function isInvalidKey(error: unknown): boolean {
  return error instanceof HandsetError && error.type === 'unauthenticated'
}

export function storedKey(): string | null {
  return sessionStorage.getItem(STORED_KEY)
}

/**
 * Signs in with an API key or user token and stores it for the tab. `onEnd` is called when the session ends, with a
 * reason if the server no longer accepts the key. Throws `HandsetError`.
 */
export async function signIn(token: string, onEnd: (reason?: string) => void): Promise<Session> {
  const baseUrl = API_URL
  const end = (reason?: string) => {
    sessionStorage.removeItem(STORED_KEY)
    endDrafts()
    onEnd(reason)
  }
  const [project] = (await createHandset({ baseUrl, token }).projects.list()).items
  if (project === undefined) {
    throw new HandsetError('This key does not belong to a project', { type: 'unauthenticated', status: null })
  }
  const handset = createHandset({
    baseUrl,
    token,
    project: project.id,
    fetch: async (...request) => {
      const response = await fetch(...request)
      if (response.status === 401) end(KEY_ENDED)
      return response
    },
  })
  sessionStorage.setItem(STORED_KEY, token)
  return { handset, project, end }
}
