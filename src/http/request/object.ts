import { objectParameter } from '../../contract/operation.ts'
import type { Exchange, Step } from '../exchange.ts'
import type { Route } from '../route.ts'
import { hasStoredResponse } from './idempotency.ts'
import { rejectUnknownPath } from './unknown-path.ts'

/**
 * Finds the object that the path names: 404 before method, query or body are validated (docs/contract.md §1). The
 * exception is a repeated deletion, if the idempotency store has the response of the first.
 */
export function findObject({ operation, find }: Route & { find: NonNullable<Route['find']> }): Step {
  const parameter = objectParameter(operation) as string

  async function orReplay(error: unknown, exchange: Exchange): Promise<void> {
    if (!(operation.idempotent && (await hasStoredResponse(exchange)))) throw error
  }

  return (exchange) => {
    const { context, caller, params } = exchange
    const store = (json: unknown) => {
      if (typeof json === 'string') exchange.found = json
    }
    const id = params[parameter] as string
    if (id === '') return rejectUnknownPath(exchange)
    try {
      const found = find(context.db, caller, id, exchange)
      if (!(found instanceof Promise)) return store(found)
      return found.then(store).catch((error) => orReplay(error, exchange))
    } catch (error) {
      return orReplay(error, exchange)
    }
  }
}
