import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { MAIN } from '../support/build.ts'
import { startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { isInstalled } from '../support/installed.ts'

const HOSTILE_ID = 'an-id-of-a-client'

/** What a terminal sends to interrupt the program in it. */
const CONTROL_C = '\u0003'

/** Starts a server, sends it one request without a token, stops it, and returns its log. */
async function logOf(env: Record<string, string>): Promise<string[]> {
  const server = startHandset(['serve', '--json', '--workers', '1'], {
    cwd: await makeDirectory(),
    env: { PORT: '0', LOG_LEVEL: 'info', ...env },
  })
  const { address } = JSON.parse((await server.printed(/\{[^}]+\}/))[0])
  await fetch(`${address}/projects/demo/devices`, { headers: { 'x-request-id': HOSTILE_ID } })
  server.signal('SIGTERM')
  const { code, stderr } = await server.ended
  assert.equal(code, 0)
  return stderr.trim().split('\n')
}

const FORMATS: Record<string, (line: string) => void> = {
  json(line) {
    const { level, time, status } = JSON.parse(line)
    assert.deepEqual([level, typeof time, status], [30, 'number', 401])
  },
  'json-iso'(line) {
    const { level, time, status } = JSON.parse(line)
    assert.deepEqual([level, new Date(time).toISOString(), status], ['info', time, 401])
  },
  text(line) {
    assert.match(line, /^\d\d:\d\d:\d\d INFO {2}401 GET DevicesList [\d.]+ ms reqId=an-id-of-a-client$/)
  },
}

describe('the log', () => {
  for (const [format, check] of Object.entries(FORMATS)) {
    it(`is ${format} with LOG_FORMAT=${format}`, async () => {
      const lines = await logOf({ LOG_FORMAT: format })
      check(lines.find((line) => line.includes(HOSTILE_ID)) as string)
    })
  }

  it('is text in colours on a terminal', { skip: !isInstalled('script', '--version') }, async () => {
    const command = `${process.execPath} ${MAIN} serve --port 0 --workers 1`
    const cwd = await makeDirectory()
    const env = { PATH: process.env.PATH, TERM: 'xterm' }
    const terminal = spawn('script', ['--quiet', '--command', command, '/dev/null'], { cwd, env })
    let shown = ''
    for await (const chunk of terminal.stdout) {
      shown += chunk
      if (shown.includes('listening on')) terminal.stdin.end(CONTROL_C)
    }
    const line = shown.split('\r\n').find((text) => text.includes('listening on')) as string
    assert.notEqual(line, stripVTControlCharacters(line))
    assert.match(stripVTControlCharacters(line), /^\d\d:\d\d:\d\d INFO {2}listening on http:/)
  })

  it('is JSON where standard error is no terminal', async () => {
    FORMATS.json?.((await logOf({})).find((line) => line.includes(HOSTILE_ID)) as string)
  })
})
