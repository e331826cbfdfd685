import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What Node loads before a server (`--import`) whose heap a test judges: SIGUSR2 collects all garbage. */
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
process.on('SIGUSR2', () => collect())
