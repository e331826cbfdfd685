import { type Context, context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The name under which our spans are recorded. */
export const TRACER = 'handset'

/**
 * Creates a span for every request, in the trace that its `traceparent` names. The attributes are those of
 * OpenTelemetry's HTTP conventions that contain no personal data: the route, never the path.
 */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer(TRACER)
  const contexts = new WeakMap<FastifyRequest, Context>()
  const contextOf = (request: FastifyRequest) => contexts.get(request) ?? ROOT_CONTEXT

  app.addHook('onRequest', (request, _reply, next) => {
    const { method, headers, routeOptions } = request
    const route = routeOptions.url ?? 'unknown'
    const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': request.protocol }
    const parent = propagation.extract(ROOT_CONTEXT, headers)
    const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent)
    contexts.set(request, trace.setSpan(parent, span))
    context.with(contextOf(request), next)
  })
  // The end of a body is an event of the connection, not of the request.
  app.addHook('preValidation', (request, _reply, next) => context.with(contextOf(request), next))
  app.addHook('onResponse', (request, { statusCode }, next) => {
    const own = contextOf(request)
    const span = trace.getSpan(own)
    span?.setAttribute('http.response.status_code', statusCode)
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
    context.with(own, next)
  })
}

/** The fields by which a log line names the span in which it was written (OpenTelemetry's names in JSON). */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()
  if (span === undefined) return {}
  const { traceId, spanId } = span.spanContext()
  return { trace_id: traceId, span_id: spanId }
}
