import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticator, Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { JSON_TYPE } from '../../contract/media-types.ts'
import { validateBody } from '../../contract/validation.ts'
import { ApiError, invalid } from '../../errors.ts'
import type { Step } from '../../http/exchange.ts'
import { requireJsonType } from '../../http/request/body.ts'
import {
  CONSOLE_HEADER,
  readSessions,
  type SessionCookie,
  sessionCookie,
  toCredentials,
} from '../../http/request/console-cookies.ts'
import { unauthenticated } from '../tokens/unauthenticated.ts'
import { closeSession, describeSession, openSession, redeemLink } from './console-sessions.ts'
import { MAX_AGE } from './life.ts'
import { type ConsoleSession, CreateConsoleSession } from './schema.ts'

interface Parts {
  context: Context
  authenticator: Authenticator
  /** The step that identifies the caller of every operation. */
  authenticate: Step
  /** The server's address as browsers see it; null if the settings do not say. */
  publicUrl: string | null
}

const PATH = '/console/session'
const config = { name: 'ConsoleSession' }

/** Signs people in to the console, shows what they are signed in to, and signs them out (docs/contract.md §17). */
export function consoleSessionRoutes(app: FastifyInstance, parts: Parts): void {
  const { context, authenticator, authenticate, publicUrl } = parts
  const path = publicUrl ? new URL(publicUrl).pathname : '/'

  app.post(PATH, { config }, async (request, reply) => {
    requireJsonType(request.exchange)
    const problems = validateBody(request.body, CreateConsoleSession, undefined)
    if (problems.length > 0) throw invalid(problems)
    const { code, remember = false } = (request.body ?? {}) as CreateConsoleSession
    const session =
      code === undefined ? await openSession(context, await keyOf(request)) : await redeemLink(context, code)
    const others = sessionsOf(request).filter(({ project }) => project !== session.project.id)
    const cookie = sessionCookie(session, { path, isSecure: isSecure(request), maxAge: remember ? MAX_AGE : null })
    const open = await describe([session, ...others], request)
    // The key of a link may have been revoked or have expired since the link was created.
    if (open.projects[0]?.project.id !== session.project.id) throw unauthenticated('revoked')
    return send(reply.code(201).header('set-cookie', cookie), open)
  })

  app.get(PATH, { config }, async (request, reply) => {
    const sessions = sessionsOf(request)
    const open = await describe(sessions, request)
    const ended = sessions.filter(({ project: id }) => open.projects.every(({ project }) => project.id !== id))
    return send(reply.header('set-cookie', clearing(ended, request)), open)
  })

  app.delete(PATH, { config }, async (request, reply) => {
    const sessions = sessionsOf(request)
    for (const { token } of sessions) await closeSession(context, token)
    return send(reply.header('set-cookie', clearing(sessions, request)), { object: 'consoleSession', projects: [] })
  })

  /** The caller with the API key of a request. A session cannot open another, or it would never end. */
  async function keyOf({ exchange, headers }: FastifyRequest): Promise<Caller> {
    if (!/^bearer /i.test(headers.authorization ?? '')) throw unauthenticated('missing')
    await authenticate(exchange)
    if (exchange.caller.key === null) throw keyRequired()
    return exchange.caller
  }

  /** The cookies that make a browser forget these sessions. */
  function clearing(sessions: readonly SessionCookie[], request: FastifyRequest): string[] {
    return sessions.map(({ project }) =>
      sessionCookie({ token: '', project: { id: project } }, { path, isSecure: isSecure(request), maxAge: 0 }),
    )
  }

  /** Those of these sessions that have not ended, as the API shows them. */
  async function describe(sessions: readonly { token: string }[], request: FastifyRequest): Promise<ConsoleSession> {
    const version = context.db.version(request.raw.socket)
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

  /** Whether the browser reaches the server over TLS. A client that lies harms only its own cookie. */
  function isSecure({ headers }: FastifyRequest): boolean {
    return publicUrl?.startsWith('https:') || headers['x-forwarded-proto'] === 'https'
  }
}

/** The sessions of a request from the console. Other pages cannot send its header. */
function sessionsOf({ headers }: FastifyRequest): SessionCookie[] {
  return headers[CONSOLE_HEADER] === '1' ? readSessions(headers.cookie) : []
}

function keyRequired(): ApiError {
  return new ApiError('permissionDenied', 'The console requires an API key', {
    hint: 'A user token is for an app that acts as one user. Create a key with `handset keys create`.',
  })
}

function send(reply: FastifyReply, session: ConsoleSession): FastifyReply {
  return reply.type(JSON_TYPE).send(JSON.stringify(session))
}
