import { createServer } from 'node:http'

/** A recorded response. */
export interface Sample {
  status: number
  headers: Record<string, string>
  body: string
}

/**
 * The limit of the runtime: `node:http` sends the same bytes as Handset for every request, after reading the request's
 * body. The parent process sends the bytes in a message.
 */
let answer: Sample = { status: 200, headers: {}, body: '' }
process.on('message', (sample: Sample) => {
  answer = sample
  process.send?.('ready')
})

const server = createServer((request, response) => {
  const { status, headers, body } = answer
  if (request.method === 'GET') {
    response.writeHead(status, headers).end(body)
    return
  }
  request.on('data', () => {}).on('end', () => response.writeHead(status, headers).end(body))
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
