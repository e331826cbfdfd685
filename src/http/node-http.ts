/**
 * Node's HTTP server and its constants. An `import` would read every export of the module and so load Node's HTTP client
 * too, which takes a tenth of the time to start.
 */
export const { createServer, maxHeaderSize, STATUS_CODES } = process.getBuiltinModule('node:http')
