import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STANDARD_URL = 'http://127.0.0.1:8080'
const SERVE = /^(?:npx handset serve|npm --prefix "\$HANDSET" start --|npm install && npm start)(.*)$/m

/** Takes minutes: run by .ci/run. */
const ELSEWHERE = /^npm install && npm test$/m

/** What a page needs beyond its own commands. */
interface Page {
  path: string
  /** Commands of another page that this one relies on. */
  before?: string
  /** Files that its commands use. Its own `csv` block is `fleet.csv`. */
  files?: Readonly<Record<string, string>>
  /** Placeholders for a value of the reader's, each with the value that the tests use. */
  values?: readonly (readonly [string, string])[]
}

const RUNNING_SERVER = '```sh\nnpm install && npm start\n```\n```sh\nKEY=hsk_…\nAPI=http://127.0.0.1:8080\n```\n'

const PAGES: readonly Page[] = [
  { path: 'README.md' },
  { path: 'docs/tutorial.md' },
  { path: 'docs/how-to-migrate.md' },
  {
    path: 'docs/catalogue.md',
    before: RUNNING_SERVER,
    files: { 'tacdb.csv': 'tac,brand,name,type,simTypes\n35675904,Apple,iPhone 6s,smartphone,pSIM\n' },
  },
  {
    path: 'docs/fleets.md',
    before: RUNNING_SERVER,
    files: {
      'users.csv': 'email,fullName\nanna@example.com,Anna Kern\n',
      'sims.csv': 'iccid,type\n89883070000007537120,eSIM\n89883070000007537121,pSIM\n',
      'fleet.ndjson': '{"imei":"353255072901231","name":"Tablet of the front desk"}\n',
    },
  },
  {
    path: 'docs/settings.md',
    before: RUNNING_SERVER,
    values: [
      ['backup FILE', 'backup copy.db'],
      ['restore FILE', 'restore copy.db --data restored'],
      ['--from STORE --to STORE', '--from sqlite:data --to sqlite:copied'],
    ],
  },
  {
    path: 'docs/operating.md',
    before: RUNNING_SERVER,
    // PostgreSQL's side is in test/cli/copy.test.ts.
    values: [['postgres://handset@db.example.com:5432/handset', 'sqlite:./copied']],
  },
]

/** Commands of a page, and what they must print: lines, and JSON except for ids, times and spaces. */
interface Step {
  commands: string
  shown: string[]
  json: string[]
}

/**
 * The `sh` blocks of a page, each with the `text` and `json` blocks that follow it, and the commands in the first column
 * of a table.
 */
function readSteps(page: string): Step[] {
  const steps: Step[] = []
  for (const [, language, text = '', row] of page.matchAll(/^```(\w+)\n([\s\S]*?)^```$|^\| `(npx handset [^`]+)` /gm)) {
    if (row !== undefined || language === 'sh') steps.push({ commands: row ?? text, shown: [], json: [] })
    if (language === 'text') steps.at(-1)?.shown.push(...text.trim().split('\n'))
    if (language === 'json') steps.at(-1)?.json.push(text)
  }
  return steps
}

/** The `csv` block of a page, which its commands import. */
function readFleet(page: string): string {
  return /^```csv\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''
}

/** JSON without whatever differs from run to run. */
function compact(json: string): string {
  return json
    .replaceAll(/\s/g, '')
    .replaceAll(/"(\w{3})_\w{20,}"/g, '"$1_…"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]{8}Z/g, 'now')
}

/** A shell that runs commands as a reader types them, in one directory and with one environment. */
async function openShell() {
  const cwd = await makeDirectory()
  const programs = join(cwd, '.programs')
  await mkdir(programs)
  // What `npx handset` runs in a checkout.
  await writeFile(
    join(programs, 'npx'),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${ROOT}/bin/handset.js" "$@"\n`,
    { mode: 0o755 },
  )
  await writeFile(join(cwd, '.curlrc'), 'silent\nshow-error\n')
  const PATH = `${programs}:${process.env.PATH}`
  const env = { ...process.env, PATH, CURL_HOME: cwd, LOG_LEVEL: 'error', HANDSET_DATA: 'data', DATABASE_URL: '' }
  const shell = spawn('bash', [], { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] })
  shell.stdout.setEncoding('utf8')
  const closed = once(shell, 'close')
  return {
    cwd,
    /** Returns what the commands print. Fails if one of them fails. */
    async run(commands: string): Promise<string> {
      const [end, failed] = ['-- done --', '-- failed --']
      shell.stdin.write(`set -e; trap 'echo "${failed}"' EXIT\n${commands}\necho "${end}"\n`)
      let output = ''
      while (!output.includes(end)) {
        const [chunk] = (await Promise.race([once(shell.stdout, 'data'), closed])) as [unknown]
        assert.equal(typeof chunk, 'string', `the shell ended in:\n${commands}\n${output}`)
        output += chunk
        assert.ok(!output.includes(failed), `a command failed in:\n${commands}\n${output}`)
      }
      return output.slice(0, output.indexOf(end))
    },
    close: () => shell.kill(),
  }
}

/**
 * Runs the commands of a page word for word, its servers on a free port. A placeholder such as `usr_…` stands for the
 * last id of that kind that was printed.
 */
async function follow({ path, before = '', files = {}, values = [] }: Page): Promise<void> {
  const text = await read(path)
  const steps = readSteps(before + text)
  assert.ok(steps.length > 2, `${path} has commands`)
  const shell = await openShell()
  for (const [name, content] of Object.entries({ 'fleet.csv': readFleet(text), ...files })) {
    await writeFile(join(shell.cwd, name), content)
  }
  let [url, token] = [STANDARD_URL, 'hsk_…']
  const ids = new Map<string, string>()
  try {
    for (const { commands, shown, json } of steps) {
      if (ELSEWHERE.test(commands)) continue
      const [serving, words = ''] = SERVE.exec(commands) ?? []
      const filled = [...values, ['~/handset', ROOT.replace(/\/$/, '')], [STANDARD_URL, url], ['hsk_…', token], ...ids]
        .reduce((text, [from, to]) => text.replaceAll(from as string, to as string), commands)
        .replace(serving ?? '', '')
      const output = await shell.run(filled)
      for (const line of shown) assert.ok(output.includes(line), `${path}: ${filled}\nprints ${line}, not\n${output}`)
      for (const value of json) {
        assert.ok(compact(output).includes(compact(value)), `${path}: ${filled}\nprints ${value}, not\n${output}`)
      }
      for (const [, id = '', kind] of output.matchAll(/"id":"((\w{3})_\w{20,})"/g)) ids.set(`${kind}_…`, id)
      if (serving === undefined) continue
      const given = words.split(' ').filter((word) => word !== '')
      const running = startHandset(['serve', ...given, '--port', '0', '--json'], { cwd: shell.cwd })
      const [announced] = await running.printed(/\{[\s\S]+\}\n$/)
      const { address, key } = JSON.parse(announced)
      url = address
      token = key ?? token
    }
  } finally {
    shell.close()
  }
}

const read = (path: string) => readFile(join(ROOT, path), 'utf8')

async function everyDocument(): Promise<string[]> {
  const docs = await readdir(join(ROOT, 'docs'), { recursive: true })
  const pages = docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'sdk/README.md', ...pages]
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('the documents, word for word', { concurrency: true }, () => {
  for (const page of PAGES) it(`the commands of ${page.path} work`, () => follow(page))
})

describe('every document', async () => {
  it('README.md has at most 200 lines', async () => {
    assert.ok((await read('README.md')).split('\n').length <= 201)
  })

  for (const path of await everyDocument()) {
    it(`${path} names scripts and files that exist`, async () => {
      const page = await read(path)
      for (const [, name = '', workspace] of page.matchAll(/npm run ([\w:]+)(?: --workspace (\w+))?/g)) {
        const { scripts } = JSON.parse(await read(`${workspace ?? '.'}/package.json`))
        assert.ok(name in scripts, `npm run ${name}`)
      }
      for (const [, file = ''] of page.matchAll(
        /\bnode (?:--[\w-]+ )*((?:bench|bin|scripts|sdk|test)\/[\w./-]+\.[jt]s)/g,
      )) {
        assert.ok(existsSync(join(ROOT, file)), file)
      }
      for (const [, file = ''] of page.matchAll(/`(?:src\/)?((?:app|config|errors|\w+\/[\w./-]+)\.ts)`/g)) {
        if (file.endsWith('/NAME.ts')) continue
        assert.ok(existsSync(join(ROOT, 'src', file)) || existsSync(join(ROOT, file)), file)
      }
    })

    it(`${path} links to pages and headings that exist`, async () => {
      for (const [, target = ''] of (await read(path)).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue
        const [file = '', anchor] = target.split('#')
        const linked = file === '' ? path : join(dirname(path), file)
        assert.ok(existsSync(join(ROOT, linked)), target)
        if (anchor !== undefined) assert.ok(anchorsOf(await read(linked)).includes(anchor), target)
      }
    })

    it(`${path} sends nobody to a package that is not ours`, async () => {
      const page = await read(path)
      // Neither name is published, so whatever a registry has under it is somebody else's.
      assert.doesNotMatch(page, /npm (?:i|install|add|exec)\b[^\n`]* (?:handset|@handset\/sdk)(?![\w/-])/)
      if (page.includes('npx handset')) assert.match(page, /checkout/)
    })
  }
})
