import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after } from 'node:test'
import { gunzipSync } from 'node:zlib'

/** A span as a collector receives it. Ids are hexadecimal. */
export interface ReceivedSpan {
  traceId: string
  spanId: string
  /** Empty for the first span of a trace. */
  parentId: string
  name: string
  attributes: Record<string, string | number>
  isError: boolean
  /** The attributes of the process that sent it. */
  resource: Record<string, string | number>
}

/** A collector that receives traces by OTLP over HTTP, in protobuf (https://opentelemetry.io/docs/specs/otlp/). */
export interface OtlpReceiver {
  url: string
  spans: ReceivedSpan[]
  /** Everything that was received, as bytes in Latin-1: for what must not be in it. */
  text(): string
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const bodies: Buffer[] = []
  const server = createServer(async (request, response) => {
    if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/x-protobuf') {
      response.writeHead(415).end()
      return
    }
    const body = await readBody(request)
    bodies.push(body)
    spans.push(...readRequest(body))
    // An empty ExportTraceServiceResponse.
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    text: () => bodies.map((body) => body.toString('latin1')).join('\n'),
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

/**
 * The numbers of the fields that are read, by message:
 * https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
 */
const REQUEST = { resourceSpans: 1 }
const RESOURCE_SPANS = { resource: 1, scopeSpans: 2 }
const RESOURCE = { attributes: 1 }
const SCOPE_SPANS = { spans: 2 }
const SPAN = { traceId: 1, spanId: 2, parentId: 4, name: 5, attributes: 9, status: 15 }
const STATUS = { code: 3 }
const KEY_VALUE = { key: 1, value: 2 }
const ANY_VALUE = { string: 1, bool: 2, int: 3 }
const STATUS_ERROR = 2

function readRequest(body: Buffer): ReceivedSpan[] {
  return messages(readMessage(body), REQUEST.resourceSpans).flatMap((resourceSpans) => {
    const [resource = new Map()] = messages(resourceSpans, RESOURCE_SPANS.resource)
    const process = readAttributes(resource, RESOURCE.attributes)
    return messages(resourceSpans, RESOURCE_SPANS.scopeSpans)
      .flatMap((scopeSpans) => messages(scopeSpans, SCOPE_SPANS.spans))
      .map((span) => readSpan(span, process))
  })
}

function readSpan(span: Message, resource: ReceivedSpan['resource']): ReceivedSpan {
  const [status = new Map()] = messages(span, SPAN.status)
  return {
    traceId: bytes(span, SPAN.traceId).toString('hex'),
    spanId: bytes(span, SPAN.spanId).toString('hex'),
    parentId: bytes(span, SPAN.parentId).toString('hex'),
    name: bytes(span, SPAN.name).toString(),
    attributes: readAttributes(span, SPAN.attributes),
    isError: status.get(STATUS.code)?.[0] === STATUS_ERROR,
    resource,
  }
}

function readAttributes(message: Message, field: number): Record<string, string | number> {
  return Object.fromEntries(
    messages(message, field).map((pair) => {
      const [value = new Map()] = messages(pair, KEY_VALUE.value)
      const number = (value.get(ANY_VALUE.int) ?? value.get(ANY_VALUE.bool))?.[0]
      return [bytes(pair, KEY_VALUE.key).toString(), number ?? bytes(value, ANY_VALUE.string).toString()]
    }),
  )
}

/** The values of a message of Protocol Buffers by the number of their field (https://protobuf.dev/programming-guides/encoding/). */
type Message = Map<number, (Buffer | number)[]>

function bytes(message: Message, field: number): Buffer {
  return (message.get(field)?.[0] as Buffer | undefined) ?? Buffer.alloc(0)
}

function messages(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((value) => readMessage(value as Buffer))
}

function readMessage(buffer: Buffer): Message {
  const message: Message = new Map()
  let place = 0

  function varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = buffer[place++] as number
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  function value(wireType: number): Buffer | number {
    if (wireType === 0) return varint()
    const length = wireType === 1 ? 8 : wireType === 5 ? 4 : varint()
    place += length
    return buffer.subarray(place - length, place)
  }

  while (place < buffer.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    message.set(field, [...(message.get(field) ?? []), value(tag % 8)])
  }
  return message
}
