import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { isSuccess } from '../../events/webhooks/attempt.ts'
import type { Attempt } from '../../events/webhooks/courier.ts'
import type { Outcome } from '../../events/webhooks/send.ts'
import { TRACER } from './tracing.ts'

/** Runs an attempt to deliver an event in a span of its own. */
export async function traceAttempt(
  attempt: () => Promise<Outcome>,
  { endpointId, deliveryId, eventType }: Attempt,
): Promise<Outcome> {
  const span = trace.getTracer(TRACER).startSpan(`deliver ${eventType}`, {
    root: true,
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': 'POST',
      'handset.endpoint.id': endpointId,
      'handset.delivery.id': deliveryId,
      'handset.event.type': eventType,
    },
  })
  const outcome = await attempt()
  if (outcome.statusCode !== null) span.setAttribute('http.response.status_code', outcome.statusCode)
  if (!isSuccess(outcome)) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
  return outcome
}
