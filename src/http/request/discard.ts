import type { IncomingMessage } from 'node:http'

/**
 * Reads and discards the rest of a body whose response does not depend on it. Many clients send everything before they
 * read, and a connection that is closed before its input is read loses the response (RFC 9112 §9.6). Closes the connection
 * if the rest takes longer than `milliseconds`.
 */
export function discardRest(request: IncomingMessage, milliseconds: number): void {
  const { socket } = request
  if (request.complete || socket.destroyed) return
  let isLast = false
  // Node closes a connection that is not kept alive with this method, as soon as its response is sent.
  socket.destroySoon = () => {
    isLast = true
    socket.end()
  }
  const timer = setTimeout(() => socket.destroy(), milliseconds)
  const stop = () => {
    clearTimeout(timer)
    request.off('end', stop)
    socket.off('close', stop)
    Reflect.deleteProperty(socket, 'destroySoon')
    if (isLast) socket.destroySoon()
  }
  request.once('end', stop)
  socket.once('close', stop)
  request.removeAllListeners('readable').resume()
}
