import type { ProcessMetrics } from '../../http/limits/siblings.ts'
import type { Grant, WindowTerms } from '../../http/limits/window.ts'

/** The messages from a worker to the supervisor. */
export type WorkerQuestion =
  | { ask: 'take'; terms: WindowTerms; key: string }
  | { ask: 'turn' }
  | { ask: 'turnIsOver' }
  | { ask: 'metrics' }
  | { ask: 'listening'; address: string }
  | { ask: 'failed'; reason: string }

/** The messages from the supervisor to a worker. */
export type PrimaryQuestion = { ask: 'metrics' } | { ask: 'stop' }

/** An answer to a question. */
export type Answer = Grant | ProcessMetrics | ProcessMetrics[] | undefined

/** The process at the other end of the channel. */
export interface Peer<Question> {
  /** Never resolves if the other end exits before it answers. */
  ask(question: Question): Promise<Answer>
  /** Sends a question that needs no answer. */
  tell(question: Question): void
}

/** A message on the channel. */
export type Message = { id?: number; question: unknown } | { id: number; answer: Answer }

/** One end of the channel between a worker and the supervisor. */
interface Channel {
  on(event: 'message', listener: (message: Message) => void): unknown
}

/** Lets two processes ask each other questions. `send` writes to the channel; `answer` answers the other's questions. */
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
