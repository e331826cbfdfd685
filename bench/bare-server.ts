import { createServer } from 'node:http'

/** An answer as a server gave it. */
export interface Sample {
  status: number
  headers: Record<string, string>
  body: string
}

/**
 * The limit of the runtime: `node:http` sending the bytes that Handset sends, whatever is asked, and reading the body
 * of a request before it answers. A message of the parent process says which bytes.
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
