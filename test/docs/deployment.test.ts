import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse, parseAllDocuments } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { loadConfig } from '../../src/config.ts'
import { SETTINGS } from '../../src/settings.ts'
import { runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { readDockerfile } from '../support/dockerfile.ts'
import { startServer } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** Settings of the container that Handset itself does not read. */
const FOREIGN = new Set(['NODE_ENV'])

/** The name of every setting. */
const NAMES = new Set<string>(Object.keys(SETTINGS))

const server = await startServer()

// biome-ignore lint/suspicious/noExplicitAny: the files of other programs have no types
type Yaml = any

function requireSettings(names: Iterable<string>): void {
  assert.deepEqual(
    [...names].filter((name) => !NAMES.has(name) && !FOREIGN.has(name)),
    [],
  )
}

async function requireCommand(words: string[]): Promise<void> {
  const { code } = await runHandset([...words, '--help'], { cwd: await makeDirectory() })
  assert.equal(code, 0)
}

async function requirePath(path: string): Promise<void> {
  assert.equal((await fetch(server.url + path)).status, 200, path)
}

describe('the Dockerfile', () => {
  const { instructions, last, wordsOf, environment, healthCheck } = readDockerfile()

  it('is built on the Node that Handset needs, in stages of which the last copies from the others', () => {
    const needed = packageJson.engines.node.replace('>=', '')
    for (const { words } of instructions.filter(({ name }) => name === 'FROM'))
      assert.match(words, new RegExp(`^node:${needed}-`))
    for (const { words } of last.filter(({ name }) => name === 'COPY')) assert.match(words, /^--from=/)
  })

  it('copies only files that exist', () => {
    const copied = instructions.filter(({ name, words }) => name === 'COPY' && !words.startsWith('--from='))
    const sources = copied.flatMap(({ words }) => words.split(' ').slice(0, -1))
    assert.deepEqual(
      sources.filter((source) => !existsSync(join(ROOT, source))),
      [],
    )
  })

  it('runs as another user than root, a command that Handset has, with settings that it reads', async () => {
    assert.match(wordsOf('USER'), /^[1-9][0-9]*:[1-9][0-9]*$/)
    const [, program = ''] = JSON.parse(wordsOf('ENTRYPOINT')) as string[]
    assert.equal(program, packageJson.bin.handset)
    await requireCommand(JSON.parse(wordsOf('CMD')))
    requireSettings(Object.keys(environment))
    const { port, host, dataDirectory } = loadConfig(environment)
    assert.deepEqual([String(port), host, dataDirectory], [wordsOf('EXPOSE'), '0.0.0.0', wordsOf('VOLUME')])
  })

  it('has a health check that succeeds while the server is ready, and fails otherwise', async () => {
    const [program = '', ...words] = healthCheck
    assert.equal(program, 'node')
    const check = (port: string) => promisify(execFile)(process.execPath, words, { env: { PORT: port } })
    await check(new URL(server.url).port)
    await assert.rejects(check('1'), { code: 1 })
  })
})

describe('compose.yaml', () => {
  const { services } = parse(read('compose.yaml')) as Yaml

  it('runs a command of Handset with settings that it reads, on the port that it listens on', async () => {
    requireSettings(Object.keys(services.handset.environment))
    await requireCommand(services.handset.command)
    const standard = loadConfig({}).port
    for (const mapping of services.handset.ports)
      assert.match(mapping, new RegExp(`^127\\.0\\.0\\.1:\\d+:${standard}$`))
  })

  it('connects to its own PostgreSQL: address, user and database', () => {
    const { username, hostname, pathname } = new URL(
      services.handset.environment.DATABASE_URL.replace(/\$\{[^}]+\}/, 'password'),
    )
    const { POSTGRES_USER, POSTGRES_DB } = services.postgres.environment
    assert.deepEqual([hostname in services, username, pathname], [true, POSTGRES_USER, `/${POSTGRES_DB}`])
    assert.ok(services.handset.read_only)
  })
})

describe('deploy/kubernetes.yaml', () => {
  const documents = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS() as Yaml)
  const ofKind = (kind: string) => documents.find((document) => document.kind === kind)
  const pod = ofKind('Deployment').spec.template
  const [container] = pod.spec.containers

  it('runs a command of Handset with settings that it reads, without rights that it does not need', async () => {
    requireSettings(container.env.map(({ name }: Yaml) => name))
    await requireCommand(container.args)
    assert.equal(container.image, `handset:${packageJson.version}`)
    assert.ok(pod.spec.securityContext.runAsNonRoot && container.securityContext.readOnlyRootFilesystem)
  })

  it('probes paths that respond, on the port that Handset listens on', async () => {
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe]
    for (const { httpGet } of probes) {
      await requirePath(httpGet.path)
      assert.equal(httpGet.port, container.ports[0].name)
    }
    assert.equal(container.ports[0].containerPort, loadConfig({}).port)
  })

  it('has a service and a disruption budget that find its pods', () => {
    const { labels } = pod.metadata
    assert.deepEqual(ofKind('Deployment').spec.selector.matchLabels, labels)
    assert.deepEqual(ofKind('Service').spec.selector, labels)
    assert.deepEqual(ofKind('PodDisruptionBudget').spec.selector.matchLabels, labels)
    assert.equal(ofKind('Service').spec.ports[0].targetPort, container.ports[0].name)
  })
})
