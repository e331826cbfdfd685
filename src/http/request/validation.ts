import type { Operation } from '../../contract/operation.ts'
import { closed } from '../../contract/schemas.ts'
import { validateBody, validateQuery } from '../../contract/validation.ts'
import { invalid } from '../../errors.ts'
import type { Step } from '../exchange.ts'

const NO_PARAMETERS = closed({})

/** For operations without a body, an empty object counts as no body. */
const NO_BODY = closed({})

/** Validates query and body by the operation's schemas: 422 with a detail for every offending property. */
export function validate({ querystring = NO_PARAMETERS, body = NO_BODY, stream }: Operation): Step {
  const takesNothing = querystring === NO_PARAMETERS && body === NO_BODY
  return (exchange) => {
    if (takesNothing && exchange.request.query === '' && exchange.body === undefined) return
    const projectType = exchange.caller.project.type
    const { values, problems } = validateQuery(exchange.request.query as string, querystring, projectType)
    exchange.query = values
    if (stream?.body === undefined) problems.push(...validateBody(exchange.body, body, projectType))
    if (problems.length > 0) throw invalid(problems)
  }
}
