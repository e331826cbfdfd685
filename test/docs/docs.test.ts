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
const SERVE = /^(?:npx handset serve|npm --prefix "\$HANDSET" start --)(.*)$/m

/** Commands of a page, and what their output must hold. */
interface Step {
  commands: string
  shown: string[]
}

/** The `sh` blocks of a page, each with the `text` block that follows it, if one does. */
function readSteps(page: string): Step[] {
  const steps: Step[] = []
  for (const [, language, text = ''] of page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (language === 'sh') steps.push({ commands: text, shown: [] })
    if (language === 'text') steps.at(-1)?.shown.push(...text.trim().split('\n'))
  }
  return steps
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
  const PATH = `${programs}:${process.env.PATH}`
  const env = { ...process.env, PATH, LOG_LEVEL: 'error', HANDSET_DATA: 'data', DATABASE_URL: '' }
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

/** Follows a page word for word; what it serves, it serves on a port that is free. */
async function follow(page: string): Promise<void> {
  const steps = readSteps(await readFile(join(ROOT, page), 'utf8'))
  assert.ok(steps.length > 3, `${page} has commands`)
  const shell = await openShell()
  let [url, token] = [STANDARD_URL, 'hsk_…']
  try {
    for (const { commands, shown } of steps) {
      const [serving, words = ''] = SERVE.exec(commands) ?? []
      const text = commands
        .replace(serving ?? '', '')
        .replaceAll('~/handset', ROOT.replace(/\/$/, ''))
        .replaceAll(STANDARD_URL, url)
        .replaceAll('hsk_…', token)
      const output = await shell.run(text)
      for (const line of shown) assert.ok(output.includes(line), `${page}: ${text}\nprints ${line}, not\n${output}`)
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
})
