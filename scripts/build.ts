import { execFileSync } from 'node:child_process'
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { openSqlite } from '../src/db/sqlite/open.ts'
import { readScript } from '../src/http/reference.ts'
import { bringUpToDate } from '../src/serve/open.ts'

// Builds dist/: the command, and what programs import. Their libraries are in it, since to find and read a thousand
// small files takes longer than all else of a start; what they are, and their licences, is beside them.

/** A library in the bundle, as Vite tells of it. */
interface Library {
  name: string
  version: string
  /** SPDX. */
  identifier: string | null
  text?: string
}

const SCALAR = '@scalar/fastify-api-reference'

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const read = (path: string) => JSON.parse(readFileSync(at(path), 'utf8'))

rmSync(at('dist'), { recursive: true, force: true })
await build({
  configFile: false,
  root: at('.'),
  logLevel: 'warn',
  // Who traces installs the SDK; of Scalar there is its script alone.
  ssr: { noExternal: true, external: ['@opentelemetry/sdk-node', SCALAR] },
  build: {
    ssr: true,
    target: 'node26',
    license: { fileName: 'licenses.json' },
    rolldownOptions: {
      input: { main: at('src/main.ts'), handset: at('src/handset.ts') },
      // All beside each other: source finds the files that it reads from where it is.
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        // What is not read need not be decoded, and ASCII is decoded fastest; names stay, for the stack traces of errors.
        comments: false,
        minify: { compress: false, mangle: false, codegen: { asciiOnly: true } },
        // Two large chunks, and not one for each set of modules that is shared: every file of a start takes a millisecond.
        codeSplitting: {
          groups: [
            { name: 'command', test: at('src/cli/cli.ts'), priority: 1 },
            { name: 'server', test: /src.serve.(ephemeral|server|log)\.ts$/ },
          ],
        },
      },
    },
  },
})
for (const file of globSync('src/**/*.csv', { cwd: at('.') })) copyFileSync(at(file), at(`dist/${basename(file)}`))
writeFileSync(at('dist/scalar.js'), await readScript())
await makeNewStore()
declareTypes()
listLibraries()

/** What an ephemeral server begins with: to import the starter catalogue took a fifth of its start. */
async function makeNewStore(): Promise<void> {
  const { db } = await bringUpToDate(openSqlite(at('dist/new-store.db')), Date.now)
  await db.close()
}

/** The types of what programs import, which name nothing that is not in their file. */
function declareTypes(): void {
  const directory = mkdtempSync(join(tmpdir(), 'handset-types-'))
  execFileSync('npx', ['tsc', '-p', at('tsconfig.build.json'), '--outDir', directory], { stdio: 'inherit' })
  copyFileSync(join(directory, 'handset.d.ts'), at('dist/handset.d.ts'))
  rmSync(directory, { recursive: true })
}

/** `licenses.md` for people, and `sbom.json` for programs (CycloneDX 1.6). */
function listLibraries(): void {
  const { name, version, license } = read(`node_modules/${SCALAR}/package.json`)
  const bundled: Library[] = read('dist/licenses.json')
  rmSync(at('dist/licenses.json'))
  const libraries: Library[] = [...bundled, { name, version, identifier: license }]
  const texts = libraries.map(({ name, version, identifier, text }) =>
    [`## ${name} ${version}`, identifier ?? 'No licence is named', ...(text ? [text.trim()] : [])].join('\n\n'),
  )
  writeFileSync(at('dist/licenses.md'), `# Libraries in Handset, and their licences\n\n${texts.join('\n\n')}\n`)
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
