import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STANDARD_URL = 'http://127.0.0.1:8080'
const SERVE = /^(?:npx handset serve|npm --prefix "\$HANDSET" start --|npm install && npm start)(.*)$/m

/** What installs or takes minutes is run by .ci/run. */
const ELSEWHERE = /^npm install && npm test$/m

/** Files and places that the README's commands speak of. */
const README_FILES = {
  'tacdb.csv': 'tac,brand,name,type,simTypes\n35675904,Apple,iPhone 6s,smartphone,pSIM\n',
  'users.csv': 'email,fullName\nanna@example.com,Anna Kern\n',
  'sims.csv': 'iccid,type\n89883070000007537120,eSIM\n89883070000007537121,pSIM\n',
  'fleet.ndjson': '{"imei":"353255072901231","name":"Tablet of the front desk"}\n',
}
const README_PLACES: readonly [string, string][] = [
  ['backup FILE', 'backup copy.db'],
  ['restore FILE', 'restore copy.db --data restored'],
  ['--from STORE --to STORE', '--from sqlite:data --to sqlite:copied'],
]

/** Commands of a page, and what their output must hold: lines, and JSON but for ids, times and spaces. */
interface Step {
  commands: string
  shown: string[]
  answers: string[]
}

/**
 * The `sh` blocks of a page, each with the `text` and `json` blocks that follow it, and the commands that a table begins
 * its rows with.
 */
function readSteps(page: string): Step[] {
  const steps: Step[] = []
  for (const [, language, text = '', row] of page.matchAll(/^```(\w+)\n([\s\S]*?)^```$|^\| `(npx handset [^`]+)` /gm)) {
    if (row !== undefined || language === 'sh') steps.push({ commands: row ?? text, shown: [], answers: [] })
    if (language === 'text') steps.at(-1)?.shown.push(...text.trim().split('\n'))
    if (language === 'json') steps.at(-1)?.answers.push(text)
  }
  return steps
}

/** The `csv` block of the README, which its commands import. */
function readFleet(page: string): string {
  return /^```csv\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''
}

/** JSON without what differs from run to run. */
function compact(json: string): string {
  return json
    .replaceAll(/\s/g, '')
    .replaceAll(/"(\w{3})_\w{20,}"/g, '"$1_…"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]{8}Z/g, 'now')
}

/** A shell that runs commands as a reader types them, in one directory and with one set of variables. */
async function openShell() {
  const cwd = await makeDirectory()
  const programs = join(cwd, '.programs')
  await mkdir(programs)
  // What `npx handset` is in a project that has installed it.
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
    /** Gives what the commands print; fails when one of them does. */
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
 * Follows a page word for word; what it serves, it serves on a port that is free. A placeholder such as `usr_…` is the
 * id of that kind that was printed last.
 */
async function follow(
  page: string,
  files: (page: string) => Readonly<Record<string, string>> = () => ({}),
  places: readonly (readonly [string, string])[] = [],
): Promise<void> {
  const written = await readFile(join(ROOT, page), 'utf8')
  const steps = readSteps(written)
  assert.ok(steps.length > 3, `${page} has commands`)
  const shell = await openShell()
  for (const [name, content] of Object.entries(files(written))) await writeFile(join(shell.cwd, name), content)
  let [url, token] = [STANDARD_URL, 'hsk_…']
  const ids = new Map<string, string>()
  try {
    for (const { commands, shown, answers } of steps) {
      if (ELSEWHERE.test(commands)) continue
      const [serving, words = ''] = SERVE.exec(commands) ?? []
      const text = [...places, ['~/handset', ROOT.replace(/\/$/, '')], [STANDARD_URL, url], ['hsk_…', token], ...ids]
        .reduce((text, [from, to]) => text.replaceAll(from as string, to as string), commands)
        .replace(serving ?? '', '')
      const output = await shell.run(text)
      for (const line of shown) assert.ok(output.includes(line), `${page}: ${text}\nprints ${line}, not\n${output}`)
      for (const json of answers) {
        assert.ok(compact(output).includes(compact(json)), `${page}: ${text}\nprints ${json}, not\n${output}`)
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

describe('the docs, word for word', { concurrency: true }, () => {
  for (const page of ['docs/tutorial.md', 'docs/how-to-migrate.md']) {
    it(`${page} works`, () => follow(page))
  }

  it('README.md works', () =>
    follow('README.md', (page) => ({ ...README_FILES, 'fleet.csv': readFleet(page) }), README_PLACES))

  it('README.md names scripts that there are', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const named = (await readFile(join(ROOT, 'README.md'), 'utf8')).matchAll(/npm run ([\w:]+)/g)
    for (const [, name = ''] of named) assert.ok(name in scripts, name)
  })
})
