import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'vite'
import { loadHttpSettings } from '../src/config.ts'
import { openSqlite } from '../src/db/sqlite/open.ts'
import { bringUpToDate } from '../src/serve/open.ts'
import { newest } from './newest.ts'

// Builds dist/: the command, and the module that programs import. Libraries are bundled, because finding and reading a
// thousand small files takes longer than the rest of a start. Their list and licences are written to the same
// directory.
//
// node scripts/build.ts [--if-changed] : with the option, it does nothing if the build is newer than its sources.

const SOURCES = ['src/**/*', 'scripts/build.ts', 'package.json', 'package-lock.json', 'tsconfig*.json']
const LAST_BUILT = 'dist/sbom.json'
if (process.argv.includes('--if-changed') && newest([LAST_BUILT]) > newest(SOURCES)) process.exit()

/** A bundled library, as Vite lists it. */
interface Library {
  name: string
  version: string
  /** SPDX. */
  identifier: string | null
  text?: string
}

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const read = (path: string) => JSON.parse(readFileSync(at(path), 'utf8'))

/**
 * Node's modules are fetched instead of imported: an import reads every export of the module, some of which load further
 * modules when they are read, such as Web Crypto and the HTTP client. That is a tenth of a start.
 */
const fetchBuiltins: Plugin = {
  name: 'fetch-builtins',
  renderChunk: (code) =>
    code.replaceAll(/^import (.+?) from "(?:node:)?([a-z\d_/]+)";$/gm, (whole, names: string, module: string) => {
      if (!builtinModules.includes(module)) return whole
      const [, own, listed] = /^(?:\* as )?([\w$]+)?,? ?(\{.*\})?$/.exec(names) ?? []
      return [own, listed?.replaceAll(' as ', ': ')]
        .filter((pattern) => pattern !== undefined)
        .map((pattern) => `const ${pattern} = process.getBuiltinModule("${module}");`)
        .join('\n')
    }),
}

/** prom-client's pushing of metrics, which is not used, loads Node's HTTPS client. */
const omitPushgateway: Plugin = {
  name: 'omit-pushgateway',
  load: (id) => (id.endsWith('/prom-client/lib/pushgateway.js') ? 'module.exports = undefined' : undefined),
}

rmSync(at('dist'), { recursive: true, force: true })
await build({
  configFile: false,
  root: at('.'),
  logLevel: 'warn',
  plugins: [omitPushgateway, fetchBuiltins],
  // Users who want traces install that SDK.
  ssr: { noExternal: true, external: ['@opentelemetry/sdk-node'] },
  build: {
    ssr: true,
    target: 'node26',
    license: { fileName: 'licenses.json' },
    rolldownOptions: {
      input: { main: at('src/main.ts'), handset: at('src/handset.ts') },
      // All files in one directory: modules find the files that they read next to themselves.
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        // Less to decode at each start, and ASCII decodes fastest. Names stay, for stack traces.
        comments: false,
        minify: { compress: false, mangle: false, codegen: { asciiOnly: true } },
        // Four large chunks instead of one per set of shared modules: every file adds a millisecond to a start. An
        // import of a catalogue loads neither the server nor the validator of requests.
        codeSplitting: {
          groups: [
            { name: 'command', test: at('src/cli/cli.ts'), priority: 3 },
            { name: 'catalogue', test: at('src/cli/catalogue.ts'), priority: 2 },
            { name: 'commands', test: /src.cli.(?!catalogue|cli)[^/]+\.ts$/, priority: 1 },
            { name: 'server', test: /src.serve.(ephemeral|server|log)\.ts$/ },
          ],
        },
      },
    },
  },
})
for (const file of globSync('src/**/*.csv', { cwd: at('.') })) copyFileSync(at(file), at(`dist/${basename(file)}`))
await makeNewStore()
declareTypes()
listLibraries()

/** Makes the store that an ephemeral server starts with: importing the starter catalogue took a fifth of its start. */
async function makeNewStore(): Promise<void> {
  const { db } = await bringUpToDate(openSqlite(at('dist/new-store.db')), Date.now, loadHttpSettings({}))
  await db.close()
  // Every user of the machine must be able to read the package.
  chmodSync(at('dist/new-store.db'), 0o644)
}

/** Writes the types of the module that programs import. They refer to no other file. */
function declareTypes(): void {
  const directory = mkdtempSync(join(tmpdir(), 'handset-types-'))
  execFileSync('npx', ['tsc', '-p', at('tsconfig.build.json'), '--outDir', directory], { stdio: 'inherit' })
  copyFileSync(join(directory, 'handset.d.ts'), at('dist/handset.d.ts'))
  rmSync(directory, { recursive: true })
}

/** Writes `licenses.md` for people and `sbom.json` for programs (CycloneDX 1.6). */
function listLibraries(): void {
  const libraries: Library[] = read('dist/licenses.json')
  rmSync(at('dist/licenses.json'))
  const texts = libraries.map(({ name, version, identifier, text }) =>
    [`## ${name} ${version}`, identifier ?? 'No licence is stated', ...(text ? [text.trim()] : [])].join('\n\n'),
  )
  writeFileSync(at('dist/licenses.md'), `# Libraries in Handset and their licences\n\n${texts.join('\n\n')}\n`)
  const components = libraries.map(({ name, version, identifier }) => ({
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: identifier === null ? [] : [{ license: { id: identifier } }],
  }))
  const own = read('package.json')
  const component = {
    type: 'application',
    name: own.name,
    version: own.version,
    purl: `pkg:npm/handset@${own.version}`,
  }
  const sbom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component }, components }
  writeFileSync(at('dist/sbom.json'), `${JSON.stringify(sbom, null, 2)}\n`)
}
