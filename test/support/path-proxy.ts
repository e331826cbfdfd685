import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { after } from 'node:test'

/**
 * Starts a proxy that serves a server below a path, and nothing else. With `strips`, it removes the path from requests.
 * Returns the server's public URL.
 */
export async function startPathProxy(
  upstream: () => string,
  { path, strips }: { path: string; strips: boolean },
): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming
    if (url !== path && !url.startsWith(`${path}/`)) return outgoing.writeHead(404).end('not the path of Handset')
    const target = new URL(upstream())
    const sent = request(
      {
        hostname: target.hostname,
        port: target.port,
        method,
        headers,
        path: strips ? url.slice(path.length) || '/' : url,
      },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(outgoing)
      },
    )
    sent.on('error', () => outgoing.destroy())
    incoming.pipe(sent)
    return outgoing
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  after(() => {
    proxy.close()
    proxy.closeAllConnections()
  })
  return `http://127.0.0.1:${(proxy.address() as { port: number }).port}${path}`
}
