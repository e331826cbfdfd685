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
const CONTRACT = new URL('../../docs/contract.md', import.meta.url)
/**
 * The reference text of the API, for those who have a copy next to their checkout. The contract restates its commands.
 */
const REFERENCE = new URL('../../../shared/reference/devices-api.txt', import.meta.url)
const IMEI = '492388841798923'
const CREATE = 'POST /projects/{project}/devices'

/** A documented command, and the response that the document shows for it. */
interface Example {
  source: string
  operation: string
  command: string
  status: number
  response: unknown
}

/** The commands of "The ten operations", each with the resource that its `Response:` line names. */
function readContract(): Example[] {
  const [, section = ''] = /^## The ten operations\n([\s\S]*?)^## /m.exec(readFileSync(CONTRACT, 'utf8')) ?? []
  const blocks = [...section.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, json = '']) => JSON.parse(json))
  const [device, list, brands] = blocks
  const resources: Record<string, unknown> = {
    'a `device`': device,
    'a `deviceModel`': device.model,
    'a list of `device`': { ...list, items: [device] },
    'a list of `deviceModel`': { ...list, items: [device.model] },
    '`deviceModelBrands`': brands,
  }
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```\n\nResponse: (\d+), (.+)\.$/gm)].map(
    ([, command = '', status, resource = '']) => {
      assert.ok(resource in resources, `${resource} is shown`)
      const operation = operationOf(command)
      return {
        source: 'docs/contract.md',
        operation,
        command,
        status: Number(status),
        response: resources[resource],
      }
    },
  )
}

function readReference(): Example[] {
  if (!existsSync(REFERENCE)) return []
  const text = readFileSync(REFERENCE, 'utf8')
  return [...text.matchAll(/^(curl (?:.*\\\n)*.*)\n\nResponse\n\n(\{\n[\s\S]*?\n\})/gm)].map(
    ([, command = '', response = '']) => {
      const operation = operationOf(command)
      const status = operation === CREATE ? 201 : 200
      return { source: 'the reference', operation, command, status, response: JSON.parse(response) }
    },
  )
}

/** `POST /projects/{project}/devices` */
function operationOf(command: string): string {
  const [, path] = /^curl https?:\/\/[^/]+(\S+)/.exec(command) ?? []
  const [, method] = /-X ([A-Z]+)/.exec(command) ?? []
  return `${method} ${path}`
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

async function send(words: readonly string[]): Promise<{ status: number; body: unknown }> {
  if (!hasCurl) return sendByFetch(words)
  const { stdout } = await run('curl', ['-q', '--noproxy', '*', '--silent', '--write-out', '\n%{http_code}', ...words])
  const split = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(split + 1)), body: JSON.parse(stdout.slice(0, split)) }
}

/** The same request on a machine without curl. */
async function sendByFetch([url, ...options]: readonly string[]): Promise<{ status: number; body: unknown }> {
  const values = (flag: string) => options.filter((_, position) => options[position - 1] === flag)
  const headers = values('-H').map((header) => header.split(': ', 2) as [string, string])
  const [method = 'GET'] = values('-X')
  const [body = null] = values('-d')
  const response = await fetch(url as string, { method, headers, body })
  return { status: response.status, body: await response.json() }
}

/** Asserts that a response has every property of an example, in nested objects and lists too, with the same type. */
function assertShape(actual: unknown, example: unknown, place: string): void {
  if (Array.isArray(example)) {
    assert.ok(Array.isArray(actual), `${place} is a list`)
    if (typeof example[0] === 'object') assertShape(actual[0], example[0], `${place}[0]`)
  } else if (typeof example === 'object' && example !== null) {
    assert.ok(typeof actual === 'object' && actual !== null, `${place} is an object`)
    for (const [name, value] of Object.entries(example)) {
      assert.ok(Object.hasOwn(actual, name), `${place} has ${name}`)
      assertShape((actual as Record<string, unknown>)[name], value, `${place}.${name}`)
    }
  } else if (example !== null) {
    assert.equal(typeof actual, typeof example, place)
  }
}

const contract = readContract()
const reference = readReference()
const server = await startServer()
const demo = await server.addProject('demo', 'test')

it('the contract has ten commands, each for another operation', () => {
  assert.equal(new Set(contract.map(({ operation }) => operation)).size, 10)
  assert.equal(contract.length, 10)
})

if (reference.length > 0) {
  it('the contract has a command for each command of the reference', () => {
    const operations = (examples: Example[]) => examples.map(({ operation }) => operation).sort()
    assert.deepEqual(operations(contract), operations(reference))
  })
}

for (const { source, operation, command, status, response } of [...contract, ...reference]) {
  it(`runs the command of ${source}: ${operation}`, async () => {
    const registered = await demo.call('POST', './devices/search', { body: { imei: IMEI } })
    for (const { id } of registered.body.items) await demo.call('DELETE', `./devices/${id}`)

    const user = await createUser(demo, { fullName: 'Anna Kern', birthday: '2017-07-21' })
    const sim = await createSim(demo)
    const properties = { imei: IMEI, name: "Anna's iPhone", user: user.id, sims: [sim.id] }
    const device = operation === CREATE ? undefined : await createDevice(demo, properties)
    const models = await demo.call('POST', '/deviceModels/search', { body: { imei: IMEI } })
    const replacements = {
      '{token}': demo.token,
      '{project}': 'demo',
      '{device}': device?.id,
      '{deviceModel}': models.body.items[0].id,
    }
    const filled = Object.entries(replacements)
      .reduce((text, [name, value]) => text.replaceAll(name, value ?? name), command)
      .replace(/^curl https?:\/\/[^/]+/, `curl ${server.url}`)
      .replaceAll(/usr_[0-9A-Za-z]{28}/g, user.id)
      .replaceAll(/sim_[0-9A-Za-z]{28}/g, sim.id)

    const words = await shellWords(filled)
    const { status: actual, body } = await send(words)
    assert.equal(actual, status, JSON.stringify(body))
    validateResponse(operation.split(' ')[0] as string, new URL(words[0] as string).pathname, status, body)
    assertShape(body, response, 'the response')
  })
}
