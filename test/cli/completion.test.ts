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

/** What bash offers after these words. The last word is being typed. */
function offered(...words: string[]): string[] {
  const script = `${scripts.bash}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _handset; echo "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script, 'bash', 'handset', ...words], { encoding: 'utf8' })
    .trim()
    .split(' ')
}

interface Described {
  /** The words of the command, without `handset`. */
  path: string[]
  help: string
}

/** Returns a command and its subcommands, as listed in the help. */
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
  it('has an example in its help that starts with the command', () => {
    assert.ok(commands.length > 12)
    for (const { path, help } of commands) {
      const [, examples = ''] = /\nExamples?:\n([\s\S]+)/.exec(help) ?? []
      assert.ok(examples.includes(`handset ${path.join(' ')}`.trim()), `handset ${path.join(' ')} has an example`)
    }
  })
})

describe('handset completion', () => {
  it('completes the commands and options that fit, in bash', () => {
    assert.deepEqual(offered('se'), ['serve', 'seed'])
    assert.deepEqual(offered('keys', 'cr'), ['create'])
    assert.deepEqual(offered('keys', 'create', '--pr'), ['--project'])
    assert.deepEqual(offered('keys', 'create', '--project', 'acme', '--na'), ['--name'])
    assert.deepEqual(offered('completion', 'z'), ['zsh'])
  })

  it('completes the values of options that accept one of a few', () => {
    assert.deepEqual(offered('devices', 'export', '--format', ''), ['csv', 'ndjson'])
    assert.deepEqual(offered('devices', 'export', '--project', 'acme', '--format', 'nd'), ['ndjson'])
    assert.deepEqual(offered('projects', 'create', 'acme', '--type', 't'), ['test'])
    assert.match(scripts.zsh, /"devices export"\*" --format"\) compadd -- csv ndjson/)
    assert.match(scripts.fish, /__handset_at 'devices export'" -l format -x -a 'csv ndjson'/)
  })

  it('completes every command in every shell', () => {
    for (const [shell, script] of Object.entries(scripts)) {
      for (const { path } of commands.filter(({ path }) => path.length > 0)) {
        assert.ok(
          script.includes(path.join(' ')) || script.includes(path.at(-1) as string),
          `${shell}: ${path.join(' ')}`,
        )
      }
    }
  })

  it('rejects an unknown shell', async () => {
    const { code, stderr } = await runHandset(['completion', 'tcsh'], { cwd })
    assert.equal(code, 2)
    assert.match(stderr, /bash, zsh, fish/)
  })
})
