import { createHandset, type Handset, HandsetError, type Project } from '@handset/sdk'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { API_URL } from './address.ts'
import { endDrafts } from './drafts.ts'

/** The name under which each tab, and the browser, store the last project. It is not secret: the session is in a cookie. */
const STORED_PROJECT = 'handset.project'

const SESSION_URL = new URL('console/session', API_URL).href

/** Only the console's own pages send this header, so that no other page can use the session. */
const CONSOLE_HEADER = { 'x-handset-console': '1' }

/** Shown when the server no longer accepts the session. */
export const SESSION_ENDED = 'Your session has ended. Sign in again.'

/** A project that the browser is signed in to, and the key that it uses there. */
export interface SignedIn {
  project: Project
  key: { id: string; name: string; role: 'viewer' | 'editor' | 'admin' }
}

/** A signed-in person: a client for one project, and what else the browser is signed in to. */
export interface Session extends SignedIn {
  handset: Handset
  /** Whether the key may change anything. */
  canChange: boolean
  /** All projects that the browser is signed in to. */
  all: readonly SignedIn[]
  /** Shows another of these projects. */
  show(projectId: string): void
  /** Asks for a key of another project, and stays signed in to this one. */
  addProject(): void
  /** Signs out of all projects. */
  signOut(): Promise<void>
}

const SessionContext = createContext<Session | null>(null)

export const SessionProvider = SessionContext.Provider

/** The session. Only components below the sign-in may call this. */
export function useSession(): Session {
  return useContext(SessionContext) as Session
}

/** Whether the key of the session may change devices, users and SIMs. */
export function useMayChange(): boolean {
  return useSession().canChange
}

/** What the browser is signed in to. Throws `HandsetError`. */
export function readSession(): Promise<SignedIn[]> {
  return callSession('GET')
}

/**
 * Signs in with an API key, or with the code of a link. With `remember`, the session outlives the browser. Throws
 * `HandsetError`.
 */
export async function signIn(
  secret: { key: string } | { code: string },
  { remember }: { remember: boolean },
): Promise<SignedIn[]> {
  if ('code' in secret) return callSession('POST', { body: { code: secret.code, remember } })
  return callSession('POST', { body: { remember }, key: secret.key })
}

/** Ends all sessions of the browser. Throws `HandsetError`. */
export async function signOut(): Promise<void> {
  forgetProject()
  await callSession('DELETE')
}

/** The project to show first: that of the tab, else that of the last tab, else the one signed in to last. */
export function chooseProject(all: readonly SignedIn[]): SignedIn | undefined {
  const names = [sessionStorage.getItem(STORED_PROJECT), localStorage.getItem(STORED_PROJECT)]
  const found = names.map((name) => all.find(({ project }) => project.id === name))
  return found.find((one) => one !== undefined) ?? all[0]
}

export function rememberProject(projectId: string): void {
  for (const storage of [sessionStorage, localStorage]) storage.setItem(STORED_PROJECT, projectId)
}

export function forgetProject(): void {
  for (const storage of [sessionStorage, localStorage]) storage.removeItem(STORED_PROJECT)
  endDrafts()
}

/** A client that uses the session. `onEnd` is called when the server no longer accepts it. */
export function createClient(projectId: string, onEnd: () => void): Handset {
  return createHandset({
    baseUrl: API_URL,
    token: null,
    project: projectId,
    fetch: async (input, init) => {
      const response = await fetch(input, { ...init, headers: { ...init?.headers, ...CONSOLE_HEADER } })
      if (response.status === 401) onEnd()
      return response
    },
  })
}

async function callSession(
  method: 'GET' | 'POST' | 'DELETE',
  { body, key }: { body?: object; key?: string } = {},
): Promise<SignedIn[]> {
  const headers: Record<string, string> = { ...CONSOLE_HEADER }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (key !== undefined) headers.authorization = `Bearer ${key}`
  let response: Response
  try {
    response = await fetch(SESSION_URL, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  } catch (cause) {
    throw new HandsetError('The connection failed', { type: 'connectionFailed', status: null, cause })
  }
  const content = await response.json().catch(() => null)
  if (response.ok && content !== null) return content.projects
  const { type = 'unexpectedResponse', message = 'The response does not come from Handset' } = content ?? {}
  const requestId = response.headers.get('x-request-id')
  throw new HandsetError(message, { ...content, type, status: response.status, requestId })
}
