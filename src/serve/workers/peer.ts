import type { ProcessMetrics } from '../../http/limits/siblings.ts'
import type { Grant, WindowTerms } from '../../http/limits/window.ts'

/** What a worker sends to the supervisor. */
export type WorkerRequest =
  | { kind: 'take'; terms: WindowTerms; key: string }
  | { kind: 'turn' }
  | { kind: 'turnIsOver' }
  | { kind: 'metrics' }
  | { kind: 'listening'; address: string }
  | { kind: 'failed'; reason: string }

/** What the supervisor sends to a worker. */
export type SupervisorRequest = { kind: 'metrics' } | { kind: 'stop' }

export type Reply = Grant | ProcessMetrics | ProcessMetrics[] | undefined

/** The process at the other end of the channel. */
export interface Peer<Request> {
  /** Sends a request and waits for its reply. Never resolves if the other end exits before it replies. */
  request(request: Request): Promise<Reply>
  /** Sends a request that has no reply. */
  notify(request: Request): void
}

/** A message on the channel. */
export type Message = { id?: number; request: unknown } | { id: number; reply: Reply }

/** One end of the channel between a worker and the supervisor. */
interface Channel {
  on(event: 'message', listener: (message: Message) => void): unknown
}

/** Lets two processes send each other requests. `send` writes to the channel; `handle` handles the other's requests. */
export function openPeer<Sent, Received>(
  channel: Channel,
  send: (message: Message) => void,
  handle: (request: Received) => Reply | Promise<Reply>,
): Peer<Sent> {
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  channel.on('message', async (message) => {
    if ('request' in message) {
      const reply = await handle(message.request as Received)
      if (message.id !== undefined) send({ id: message.id, reply })
      return
    }
    waiting.get(message.id)?.(message.reply)
    waiting.delete(message.id)
  })
  return {
    request(request) {
      last += 1
      const { promise, resolve } = Promise.withResolvers<Reply>()
      waiting.set(last, resolve)
      send({ id: last, request })
      return promise
    },
    notify: (request) => send({ request }),
  }
}
