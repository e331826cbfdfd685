import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/**
 * Creates a span for every request, in the trace that its `traceparent` names. The attributes are those of
 * OpenTelemetry's HTTP conventions that contain no personal data: the route, never the path.
 */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer('handset')
  const spans = new WeakMap<FastifyRequest, Span>()
  app.addHook('onRequest', (request, _reply, next) => {
    const { method, headers, routeOptions } = request
    const route = routeOptions.url ?? 'unknown'
    const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': request.protocol }
    const parent = propagation.extract(context.active(), headers)
    spans.set(request, tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent))
    next()
  })
  app.addHook('onResponse', (request, { statusCode }, next) => {
    const span = spans.get(request)
    span?.setAttribute('http.response.status_code', statusCode)
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
    next()
  })
}
