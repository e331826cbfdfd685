import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import type { RequestTracer } from '../router.ts'

/** The name under which our spans are recorded. */
export const TRACER = 'handset'

/**
 * Creates a span for every request, in the trace that its `traceparent` names. The attributes are those of
 * OpenTelemetry's HTTP conventions that contain no personal data: the route, never the path.
 */
export function createRequestTracer(): RequestTracer {
  const tracer = trace.getTracer(TRACER)
  return ({ request: { method, headers, raw }, reply, route }, work, done) => {
    const path = route?.path.replaceAll(/\{(\w+)\}/g, ':$1') ?? 'unknown'
    const scheme = 'encrypted' in raw.socket ? 'https' : 'http'
    const attributes = { 'http.request.method': method, 'http.route': path, 'url.scheme': scheme }
    const parent = propagation.extract(ROOT_CONTEXT, headers)
    const span = tracer.startSpan(`${method} ${path}`, { kind: SpanKind.SERVER, attributes }, parent)
    const own = trace.setSpan(parent, span)
    const { traceId, traceFlags } = span.spanContext()
    reply.once('close', () => {
      if (reply.headersSent) span.setAttribute('http.response.status_code', reply.statusCode)
      if (!reply.writableFinished) span.setAttribute('error.type', 'disconnected')
      if (reply.headersSent && reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
      context.with(own, done, undefined, traceFlags & TraceFlags.SAMPLED ? traceId : undefined)
    })
    context.with(own, work)
  }
}

/** The fields by which a log line names the span in which it was written (OpenTelemetry's names in JSON). */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()
  if (span === undefined) return {}
  const { traceId, spanId } = span.spanContext()
  return { trace_id: traceId, span_id: spanId }
}
