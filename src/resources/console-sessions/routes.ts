import type { Authenticator, Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { JSON_TYPE } from '../../contract/media-types.ts'
import { validateBody } from '../../contract/validation.ts'
import { ApiError, invalid } from '../../errors.ts'
import type { Exchange, Request, Step } from '../../http/exchange.ts'
import { type Page, type PageRoute, page } from '../../http/page.ts'
import { type ConsoleCookies, type SessionCookie, toCredentials } from '../../http/request/console-cookies.ts'
import { unauthenticated } from '../tokens/unauthenticated.ts'
import { closeSession, describeSession, openSession, redeemLink } from './console-sessions.ts'
import { MAX_AGE } from './life.ts'
import { type ConsoleSession, CreateConsoleSession } from './schema.ts'

interface Parts {
  context: Context
  authenticator: Authenticator
  /** The step that identifies the caller of every operation. */
  authenticate: Step
  cookies: ConsoleCookies
}

/** Signs people in to the console, shows what they are signed in to, and signs them out (docs/contract.md §17). */
export function consoleSessionRoutes(parts: Parts): PageRoute[] {
  const { context, authenticator, authenticate, cookies } = parts

  async function open(exchange: Exchange): Promise<Page> {
    const { request, body } = exchange
    const problems = validateBody(body, CreateConsoleSession, undefined)
    if (problems.length > 0) throw invalid(problems)
    const { code, remember = false } = (body ?? {}) as CreateConsoleSession
    const session =
      code === undefined ? await openSession(context, await keyOf(exchange)) : await redeemLink(context, code)
    const { token, project } = session
    const others = cookies.read(request.headers).filter((other) => other.project !== project.id)
    const cookie = cookies.write({ project: project.id, token }, remember ? MAX_AGE : null, request.headers)
    const shown = await describe([session, ...others], request)
    // The key of a link may have been revoked or have expired since the link was created.
    if (shown.projects[0]?.project.id !== project.id) throw unauthenticated('revoked')
    return { status: 201, ...sessionPage(shown, [cookie]) }
  }

  async function show({ request }: Exchange): Promise<Page> {
    const sessions = cookies.read(request.headers)
    const shown = await describe(sessions, request)
    const ended = sessions.filter(({ project: id }) => shown.projects.every(({ project }) => project.id !== id))
    return sessionPage(shown, clearing(ended, request))
  }

  async function close({ request }: Exchange): Promise<Page> {
    const sessions = cookies.read(request.headers)
    for (const { token } of sessions) await closeSession(context, token)
    return sessionPage({ object: 'consoleSession', projects: [] }, clearing(sessions, request))
  }

  /** The caller with the API key of a request. A session cannot open another, or it would never end. */
  async function keyOf(exchange: Exchange): Promise<Caller> {
    if (!/^bearer /i.test(exchange.request.headers.authorization ?? '')) throw unauthenticated('missing')
    await authenticate(exchange)
    if (exchange.caller.key === null) throw keyRequired()
    return exchange.caller
  }

  /** The cookies that make a browser forget these sessions. */
  function clearing(sessions: readonly SessionCookie[], { headers }: Request): string[] {
    return sessions.map(({ project }) => cookies.write({ project, token: '' }, 0, headers))
  }

  /** Those of these sessions that have not ended, as the API shows them. */
  async function describe(sessions: readonly { token: string }[], request: Request): Promise<ConsoleSession> {
    const version = context.db.callersVersion?.() ?? context.db.version(request.raw.socket)
    const callers: Caller[] = []
    for (const { token } of sessions) {
      try {
        callers.push(await authenticator.authenticate(toCredentials(token), version))
      } catch (error) {
        if (!(error instanceof ApiError && error.type === 'unauthenticated')) throw error
      }
    }
    return { object: 'consoleSession', projects: callers.map(describeSession) }
  }

  const route = { path: '/console/session', name: 'ConsoleSession' }
  return [
    { ...route, method: 'POST', respond: open },
    { ...route, method: 'GET', respond: show },
    { ...route, method: 'DELETE', respond: close },
  ]
}

function keyRequired(): ApiError {
  return new ApiError('permissionDenied', 'The console requires an API key', {
    hint: 'A user token is for an app that acts as one user. Create a key with `handset keys create`.',
  })
}

function sessionPage(session: ConsoleSession, setCookies: readonly string[]): Page {
  return page(JSON_TYPE, JSON.stringify(session), { 'set-cookie': setCookies })
}
