import type { IncomingMessage } from 'node:http'
import type { HttpSettings } from '../../config.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { answerClientError, REQUEST_TIMEOUT } from '../request/client-errors.ts'
import { createPace } from './pace.ts'

/** How often bodies are checked, in milliseconds. */
const CHECKS = 1_000

/** The bodies that are still arriving. Each has its own deadline: 408 for one that takes too long or is too slow. */
export interface Arrivals {
  begin(request: IncomingMessage): void
  /** Stops watching a body, because it is complete or is read as a stream. */
  end(request: IncomingMessage): void
  /** Their number, for the metrics. */
  count(): number
}

interface Arrival {
  since: number
  /** The bytes that the connection had received before this body. */
  bytesBefore: number
}

export function createArrivals(
  lifecycle: Lifecycle,
  settings: Pick<HttpSettings, 'requestTimeout' | 'minBodyRate'>,
): Arrivals {
  const arriving = new Map<IncomingMessage, Arrival>()
  const longest = settings.requestTimeout * 1000
  const { isTooSlow } = createPace(settings)

  function isLate({ socket }: IncomingMessage, { since, bytesBefore }: Arrival, now: number): boolean {
    const milliseconds = now - since
    return milliseconds > longest || isTooSlow(milliseconds, socket.bytesRead - bytesBefore)
  }

  const timer = setInterval(() => {
    const now = performance.now()
    for (const [request, arrival] of arriving) {
      if (request.destroyed) arriving.delete(request)
      else if (isLate(request, arrival, now)) answerClientError(REQUEST_TIMEOUT, request.socket)
    }
  }, CHECKS).unref()
  lifecycle.afterClose(() => clearInterval(timer))

  return {
    begin(request) {
      arriving.set(request, { since: performance.now(), bytesBefore: request.socket.bytesRead })
    },
    end: (request) => void arriving.delete(request),
    count: () => arriving.size,
  }
}
