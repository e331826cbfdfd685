import assert from 'node:assert/strict'
import { type ExecFileOptions, execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startHandset } from '../../src/handset.ts'

// Lints openapi.json with Spectral and the OWASP rules. Without --lint, also generates a client with each of six
// generators, compiles it in strict mode, and runs a flow with it against a server. The tools are installed into a
// folder of their own, because they would triple the size of `node_modules`.

const SOURCE = import.meta.dirname
const ROOT = join(SOURCE, '../..')
const FOLDER = join(ROOT, 'node_modules/.cache/handset-clients')
const GENERATED = join(FOLDER, 'generated')

const GENERATORS: Record<string, string[]> = {
  'openapi-typescript': [
    'openapi-typescript',
    'openapi.json',
    '-o',
    'generated/openapi-typescript.ts',
    '--default-non-nullable=false',
  ],
  'hey-api': ['openapi-ts', '-i', 'openapi.json', '-o', 'generated/hey-api', '-c', '@hey-api/client-fetch'],
  orval: ['orval', '--input', './openapi.json', '--output', './generated/orval.ts', '--client', 'fetch'],
  kubb: ['kubb', 'generate', '--config', 'kubb.config.ts'],
  oazapfts: ['oazapfts', 'openapi.json', 'generated/oazapfts.ts'],
  'swagger-typescript-api': [
    ...[
      'swagger-typescript-api',
      'generate',
      '-p',
      'openapi.json',
      '-o',
      'generated',
      '-n',
      'swagger-typescript-api.ts',
    ],
  ],
}

const environment = { ...process.env, PATH: `${join(ROOT, 'node_modules/node/bin')}:${process.env.PATH}` }

async function run(program: string, ...parameters: string[]): Promise<string> {
  const options: ExecFileOptions = { cwd: FOLDER, env: environment, maxBuffer: 2 ** 26 }
  try {
    return String((await promisify(execFile)(program, parameters, options)).stdout)
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} ${parameters.join(' ')}\n${stdout}${stderr}`, { cause: error })
  }
}

const tool = ([name, ...parameters]: string[]) => run(join(FOLDER, 'node_modules/.bin', name as string), ...parameters)

mkdirSync(GENERATED, { recursive: true })
cpSync(SOURCE, FOLDER, { recursive: true })
cpSync(join(ROOT, 'openapi.json'), join(FOLDER, 'openapi.json'))
await run('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts')

console.log(
  (await tool(['spectral', 'lint', 'openapi.json', '--ruleset', 'spectral.yaml', '--fail-severity', 'warn'])).trim(),
)

if (!process.argv.includes('--lint')) {
  for (const parameters of Object.values(GENERATORS)) await tool(parameters)
  await tool(['tsc', '-p', 'tsconfig.json'])
  const { version } = JSON.parse(readFileSync(join(FOLDER, 'node_modules/typescript/package.json'), 'utf8'))
  console.log(`${Object.keys(GENERATORS).length} clients compile in strict mode (TypeScript ${version})`)
  for (const name of Object.keys(GENERATORS)) {
    const file = join(FOLDER, `bundles/${name}.mjs`)
    await tool(['rolldown', `smoke/${name}.ts`, '--file', file, '--platform', 'node'])
    const { run: runClient } = await import(file)
    const handset = await startHandset()
    try {
      assert.equal(await runClient(handset.url, handset.token), undefined)
      console.log(`${name}: created, listed, retrieved and deleted a device`)
    } finally {
      await handset.stop()
    }
  }
}
