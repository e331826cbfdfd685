import { createHandset, type Handset, HandsetError, type Project } from '@handset/sdk'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

/** Kept for the tab, and gone with it. */
const KEPT = 'handset.key'

/** What is told where the server no longer takes a key. */
export const KEY_ENDED = 'The key is no longer valid. Sign in with another.'

/** Who is at the page: a client with their key, and the project that it opens. */
export interface Session {
  handset: Handset
  project: Project
  /** Ends the session; `because` is shown at the sign-in. */
  end(because?: string): void
}

const SessionContext = createContext<Session | null>(null)

export const SessionProvider = SessionContext.Provider

/** The session; for what is shown to people who are signed in. */
export function useSession(): Session {
  return useContext(SessionContext) as Session
}

/** Whether a sign-in failed for its key, and not for want of an answer. */
export function isRefusal(error: unknown): boolean {
  return error instanceof HandsetError && error.type === 'unauthenticated'
}

export function keptKey(): string | null {
  return sessionStorage.getItem(KEPT)
}

/**
 * Signs in with an API key or user token; keeps it for the tab. `onEnd` hears when the session is over, with a reason
 * where the server no longer takes the key. Throws `HandsetError`.
 */
export async function signIn(token: string, onEnd: (because?: string) => void): Promise<Session> {
  const baseUrl = window.location.origin
  const end = (because?: string) => {
    sessionStorage.removeItem(KEPT)
    onEnd(because)
  }
  const { items } = await createHandset({ baseUrl, token }).projects.list()
  const [project] = items
  if (project === undefined)
    throw new HandsetError('This key opens no project', { type: 'unauthenticated', status: null })
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
  sessionStorage.setItem(KEPT, token)
  return { handset, project, end }
}
