import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const cwd = await makeDirectory()

async function print(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runHandset(words, { cwd })
  assert.equal(code, 0, stderr)
  return stdout
}

const scripts = {
  bash: await print('completion', 'bash'),
  zsh: await print('completion', 'zsh'),
  fish: await print('completion', 'fish'),
}

/** What bash offers behind these words, the last of which is being typed. */
function offered(...words: string[]): string[] {
  const script = `${scripts.bash}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _handset; echo "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script, 'bash', 'handset', ...words], { encoding: 'utf8' })
    .trim()
    .split(' ')
}

interface Described {
  /** The words that lead to it. */
  path: string[]
  help: string
}

/** A command and all below it, as their help names them. */
async function describeFrom(path: string[]): Promise<Described[]> {
  const help = await print(...path, '--help')
  const [, listed = ''] = /^Commands:\n([\s\S]*?)\n\n/m.exec(help) ?? []
  const names = [...listed.matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name]) => name as string)
    .filter((name) => name !== 'help')
  const below = await Promise.all(names.map((name) => describeFrom([...path, name])))
  return [{ path, help }, ...below.flat()]
}

const commands = await describeFrom([])

describe('every command', () => {
  it('shows an example in its help, which begins with the command', () => {
    assert.ok(commands.length > 12)
    for (const { path, help } of commands) {
      const [, examples = ''] = /\nExamples?:\n([\s\S]+)/.exec(help) ?? []
      assert.ok(examples.includes(`handset ${path.join(' ')}`.trim()), `handset ${path.join(' ')} has an example`)
    }
  })
})

describe('handset completion', () => {
  it('offers bash the commands and options that fit, at every place', () => {
    assert.deepEqual(offered('se'), ['serve', 'seed'])
    assert.deepEqual(offered('keys', 'cr'), ['create'])
    assert.deepEqual(offered('keys', 'create', '--pr'), ['--project'])
    assert.deepEqual(offered('keys', 'create', '--project', 'acme', '--na'), ['--name'])
    assert.deepEqual(offered('completion', 'z'), ['zsh'])
  })

  it('offers the values of options that take one of a few', () => {
    assert.deepEqual(offered('devices', 'export', '--format', ''), ['csv', 'ndjson'])
    assert.deepEqual(offered('devices', 'export', '--project', 'acme', '--format', 'nd'), ['ndjson'])
    assert.deepEqual(offered('projects', 'create', 'acme', '--type', 't'), ['test'])
    assert.match(scripts.zsh, /"devices export"\*" --format"\) compadd -- csv ndjson/)
    assert.match(scripts.fish, /__handset_at 'devices export'" -l format -x -a 'csv ndjson'/)
  })

  it('names every command to every shell', () => {
    for (const [shell, script] of Object.entries(scripts)) {
      for (const { path } of commands.filter(({ path }) => path.length > 0)) {
        assert.ok(
          script.includes(path.join(' ')) || script.includes(path.at(-1) as string),
          `${shell}: ${path.join(' ')}`,
        )
      }
    }
  })

  it('refuses a shell that it does not know', async () => {
    const { code, stderr } = await runHandset(['completion', 'tcsh'], { cwd })
    assert.equal(code, 2)
    assert.match(stderr, /bash, zsh, fish/)
  })
})
