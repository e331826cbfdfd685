import { reportWriteErrors, runCli } from './cli/cli.ts'

reportWriteErrors(process.stdout)
reportWriteErrors(process.stderr)
const exitCode = await runCli(process.argv.slice(2))
process.exitCode ??= exitCode
