import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { createDevice, createSim, createUser } from '../support/factories.ts'
import { openApiDocument } from '../support/openapi-document.ts'
import { createResponseValidator } from '../support/response-validator.ts'
import { startServer } from '../support/server.ts'

const run = promisify(execFile)
const validateResponse = createResponseValidator(openApiDocument)
const REFERENCE = new URL('../../../shared/reference/devices-api.txt', import.meta.url)
const IMEI = '492388841798923'

/** A curl of the reference, and the response that the reference shows below it. */
interface Example {
  title: string
  command: string
  response: unknown
}

function readExamples(): Example[] {
  const text = readFileSync(REFERENCE, 'utf8')
  return [...text.matchAll(/^([A-Z]+)\n(\S+)\n(curl (?:.*\\\n)*.*)\n\nResponse\n\n(\{\n[\s\S]*?\n\})/gm)].map(
    ([, method, path, command, response]) => ({
      title: `${method} ${path}`,
      command: command as string,
      response: JSON.parse(response as string),
    }),
  )
}

const hasCurl = (() => {
  try {
    execFileSync('curl', ['--version'])
    return true
  } catch {
    return false
  }
})()

/** The arguments of a command as a shell splits them. */
async function shellWords(command: string): Promise<string[]> {
  const { stdout } = await run('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`])
  return stdout.split('\0').slice(0, -1)
}

async function ask(words: readonly string[]): Promise<{ status: number; body: unknown }> {
  if (!hasCurl) return askByFetch(words)
  const { stdout } = await run('curl', ['-q', '--noproxy', '*', '--silent', '--write-out', '\n%{http_code}', ...words])
  const split = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(split + 1)), body: JSON.parse(stdout.slice(0, split)) }
}

/** The same request where there is no curl. */
async function askByFetch([url, ...options]: readonly string[]): Promise<{ status: number; body: unknown }> {
  const values = (flag: string) => options.filter((_, position) => options[position - 1] === flag)
  const headers = values('-H').map((header) => header.split(': ', 2) as [string, string])
  const [method = 'GET'] = values('-X')
  const [body = null] = values('-d')
  const response = await fetch(url as string, { method, headers, body })
  return { status: response.status, body: await response.json() }
}

/** Asserts that an answer has whatever properties an example shows, in objects and lists inside it too. */
function assertShape(answer: unknown, example: unknown, place: string): void {
  if (Array.isArray(example)) {
    assert.ok(Array.isArray(answer), `${place} is a list`)
    if (typeof example[0] === 'object') assertShape(answer[0], example[0], `${place}[0]`)
  } else if (typeof example === 'object' && example !== null) {
    assert.ok(typeof answer === 'object' && answer !== null, `${place} is an object`)
    for (const [name, value] of Object.entries(example)) {
      assert.ok(Object.hasOwn(answer, name), `${place}.${name} is there`)
      assertShape((answer as Record<string, unknown>)[name], value, `${place}.${name}`)
    }
  } else if (example !== null) {
    assert.equal(typeof answer, typeof example, place)
  }
}

if (!existsSync(REFERENCE)) {
  it('answers every curl of the reference', (t) => t.skip('the reference is not beside the repository'))
} else {
  const examples = readExamples()
  const server = await startServer()
  const demo = await server.addProject('demo', 'test')

  it('the reference has ten curls', () => {
    const text = readFileSync(REFERENCE, 'utf8')
    assert.equal(text.match(/^curl /gm)?.length, 10)
    assert.equal(examples.length, 10)
  })

  for (const { title, command, response } of examples) {
    it(`answers the curl of the reference: ${title}`, async () => {
      const found = await demo.ask('POST', './devices/search', { body: { imei: IMEI } })
      for (const { id } of found.body.items) await demo.ask('DELETE', `./devices/${id}`)

      const user = await createUser(demo, { fullName: 'Jerry Seinfeld', birthday: '2017-07-21' })
      const sim = await createSim(demo)
      const creates = title.startsWith('POST') && title.endsWith('/devices')
      const properties = { imei: IMEI, name: "Anna's iPhone", user: user.id, sims: [sim.id] }
      const device = creates ? undefined : await createDevice(demo, properties)
      const models = await demo.ask('POST', '/deviceModels/search', { body: { imei: IMEI } })
      const replacements = {
        'https://api.gigs.com': server.url,
        '{token}': demo.token,
        '{project}': 'demo',
        '{device}': device?.id,
        '{deviceModel}': models.body.items[0].id,
      }
      const filled = Object.entries(replacements)
        .reduce((text, [name, value]) => text.replaceAll(name, value ?? name), command)
        .replaceAll(/usr_[0-9A-Za-z]{28}/g, user.id)
        .replaceAll(/sim_[0-9A-Za-z]{28}/g, sim.id)

      const words = await shellWords(filled)
      const { status, body } = await ask(words)
      assert.equal(status, creates ? 201 : 200, JSON.stringify(body))
      validateResponse(title.split(' ')[0] as string, new URL(words[0] as string).pathname, status, body)
      assertShape(body, response, 'the answer')
    })
  }
}
