/**
 * Node's HTTP server, and what it knows of HTTP. An `import` reads all that the module exports, and so loads Node's HTTP
 * client too, which would take a tenth of a start.
 */
export const { createServer, maxHeaderSize, STATUS_CODES } = process.getBuiltinModule('node:http')
