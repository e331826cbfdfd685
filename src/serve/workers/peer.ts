import type { ProcessMetrics } from '../../http/siblings.ts'
import type { Grant, WindowTerms } from '../../http/window.ts'

/** What a worker asks of the process that has started it, or tells it. */
export type WorkerQuestion =
  | { ask: 'take'; terms: WindowTerms; key: string }
  | { ask: 'turn' }
  | { ask: 'turnIsOver' }
  | { ask: 'metrics' }
  | { ask: 'listening'; address: string }
  | { ask: 'failed'; reason: string }

/** What a worker is asked, or told. */
export type PrimaryQuestion = { ask: 'metrics' } | { ask: 'stop' }

/** What questions are answered with. */
export type Answer = Grant | ProcessMetrics | ProcessMetrics[] | undefined

/** The process at the other end of a channel. */
export interface Peer<Question> {
  /** Does not resolve when the other end is gone before it has answered. */
  ask(question: Question): Promise<Answer>
  /** Asks without waiting for an answer. */
  tell(question: Question): void
}

/** What goes over the channel. */
export type Message = { id?: number; question: unknown } | { id: number; answer: Answer }

/** One end of the channel between a worker and the process that has started it: the process itself, or the worker. */
interface Channel {
  on(event: 'message', listener: (message: Message) => void): unknown
}

/** Lets two processes ask each other: `send` writes to the channel, and `answer` is how this one answers. */
export function openPeer<Asked, Heard>(
  channel: Channel,
  send: (message: Message) => void,
  answer: (question: Heard) => Answer | Promise<Answer>,
): Peer<Asked> {
  const asked = new Map<number, (answer: Answer) => void>()
  let last = 0
  channel.on('message', async (message) => {
    if ('question' in message) {
      const answered = await answer(message.question as Heard)
      if (message.id !== undefined) send({ id: message.id, answer: answered })
      return
    }
    asked.get(message.id)?.(message.answer)
    asked.delete(message.id)
  })
  return {
    ask(question) {
      last += 1
      const { promise, resolve } = Promise.withResolvers<Answer>()
      asked.set(last, resolve)
      send({ id: last, question })
      return promise
    },
    tell: (question) => send({ question }),
  }
}
