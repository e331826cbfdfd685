import { runCli, tellOfUnwritten } from './cli/cli.ts'

tellOfUnwritten(process.stdout)
tellOfUnwritten(process.stderr)
const exitCode = await runCli(process.argv.slice(2))
process.exitCode ??= exitCode
