import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { SETTINGS } from '../../src/settings.ts'
import { startServer } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const server = await startServer()
const demo = await server.addProject('demo', 'test')
await demo.call('GET', './devices')

/** Metrics that this server does not show: those of the other engine, and those of jobs that only `handset serve` runs. */
const ELSEWHERE = /^handset_(?:store_(?:log_bytes|connections|waiting)|webhook_\w+)$/

const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).map(read).join('\n')

/** The names of the metrics that a server shows. */
async function shownMetrics(): Promise<Set<string>> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return new Set([...text.matchAll(/^(\w+)[{ ]/gm)].map(([, name]) => name as string))
}

describe('the files for monitoring', () => {
  for (const file of ['deploy/prometheus/alerts.yaml', 'deploy/grafana/handset.json', 'docs/operating.md']) {
    it(`name metrics that exist: ${file}`, async () => {
      const shown = await shownMetrics()
      const named = [...read(file).matchAll(/\b(?:handset|process|nodejs)_[a-z_0-9]+/g)].map(([name]) => name)
      // A histogram is named by its series, or as a whole.
      const isShown = (name: string) => shown.has(name) || shown.has(`${name}_count`)
      const isElsewhere = (name: string) => ELSEWHERE.test(name) && SOURCES.includes(`'${name}'`)
      const missing = named.filter((name) => !isShown(name) && !isElsewhere(name))
      assert.ok(named.length > 5)
      assert.deepEqual(missing, [])
    })
  }

  it('are valid: each alert has an expression, a severity and a summary, and each panel a query', () => {
    for (const { alert, expr, labels, annotations } of alertRules()) {
      assert.ok(alert && expr && labels.severity && annotations.summary && annotations.description)
    }
    for (const { title, targets } of panels()) assert.ok(title && targets.every(({ expr }) => expr))
  })

  it('alert on operations that exist', () => {
    const operations = [...read('openapi.json').matchAll(/"operationId": "(\w+)"/g)].map(([, name]) => name as string)
    const patterns = alertRules().flatMap(({ expr }) => [...expr.matchAll(/operation=~"([^"]+)"/g)])
    assert.ok(patterns.length > 0)
    for (const [, pattern = ''] of patterns) {
      const expression = new RegExp(`^(?:${pattern})$`)
      assert.ok(
        operations.some((name) => expression.test(name)),
        pattern,
      )
    }
  })

  for (const metric of [
    'handset_events_written_total',
    'handset_events_unordered',
    'handset_event_leases',
    'handset_webhook_attempts_total',
    'handset_webhook_oldest_pending_seconds',
    'handset_webhook_failing_endpoints',
  ]) {
    it(`have an alert rule and a panel for ${metric}`, () => {
      assert.ok(alertRules().some(({ expr }) => expr.includes(metric)))
      assert.ok(panels().some(({ targets }) => targets.some(({ expr }) => expr.includes(metric))))
    })
  }

  it('have rules that Prometheus accepts, and that fire when they should', {
    skip: !isInstalled('promtool', '--version'),
  }, () => {
    for (const words of [
      ['check', 'rules', 'alerts.yaml'],
      ['test', 'rules', 'alerts.test.yaml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', words, { cwd: join(ROOT, 'deploy/prometheus') })
      assert.equal(status, 0, `${stdout}${stderr}`)
    }
  })
})

function isInstalled(command: string, ...words: string[]): boolean {
  return spawnSync(command, words).status === 0
}

interface AlertRule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; description: string }
}

function alertRules(): AlertRule[] {
  return parse(read('deploy/prometheus/alerts.yaml')).groups.flatMap(({ rules }: { rules: AlertRule[] }) => rules)
}

function panels(): { title: string; targets: { expr: string }[] }[] {
  return JSON.parse(read('deploy/grafana/handset.json')).panels
}

describe('the systemd unit', () => {
  it('sets settings that Handset reads', () => {
    const [, environment = ''] = /^Environment=(.*)$/m.exec(read('deploy/systemd/handset.service')) ?? []
    const names = environment.split(' ').map((pair) => pair.split('=')[0] as string)
    assert.ok(names.length >= 4)
    assert.deepEqual(
      names.filter((name) => name !== 'NODE_ENV' && !(name in SETTINGS)),
      [],
    )
  })
})

describe('the Helm chart', () => {
  it('is of this version, and sets settings that Handset reads', () => {
    const chart = parse(read('deploy/helm/handset/Chart.yaml'))
    assert.deepEqual([chart.version, chart.appVersion], [packageJson.version, packageJson.version])
    const names = [...read('deploy/helm/handset/templates/deployment.yaml').matchAll(/name: ([A-Z][A-Z_]+)\b/g)]
    assert.ok(names.length >= 3)
    for (const [, name = ''] of names) assert.ok(name in SETTINGS, name)
  })

  it('runs what deploy/kubernetes.yaml runs: the same probes, drain and rights', () => {
    const [deployment] = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS())
    const [container] = deployment.spec.template.spec.containers
    const template = read('deploy/helm/handset/templates/deployment.yaml')
    for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { path } = container[name].httpGet
      assert.match(template, new RegExp(`${name}:\\s+httpGet: \\{ path: ${path}, port: http \\}`))
    }
    const [drain] = container.env.filter(({ name }: { name: string }) => name === 'HANDSET_DRAIN_TIME')
    assert.equal(Number(drain.value), parse(read('deploy/helm/handset/values.yaml')).drainSeconds)
    assert.match(template, /name: HANDSET_DRAIN_TIME, value: \{\{ \.Values\.drainSeconds \| quote \}\}/)
  })
})

/** Enables every optional part of the chart. */
const EVERYTHING = ['autoscaling.enabled=true', 'serviceMonitor.enabled=true', 'migration.citus=true']

describe('the Helm chart, as Helm renders it', { skip: !isInstalled('helm', 'version') }, () => {
  const chart = join(ROOT, 'deploy/helm/handset')

  it('passes helm lint', () => {
    const { status, stdout, stderr } = spawnSync('helm', ['lint', '--strict', chart])
    assert.equal(status, 0, `${stdout}${stderr}`)
  })

  for (const values of [[], EVERYTHING]) {
    it(`selects its own pods and names its own ports, with ${values.join(', ') || 'its defaults'}`, () => {
      const sets = values.flatMap((value) => ['--set', value])
      const { status, stdout, stderr } = spawnSync('helm', ['template', 'prod', chart, ...sets], { encoding: 'utf8' })
      assert.equal(status, 0, stderr)
      const documents = parseAllDocuments(stdout).map((document) => document.toJS())
      const { template } = documents.find(({ kind }) => kind === 'Deployment').spec
      const ports = template.spec.containers[0].ports.map(({ name }: { name: string }) => name)
      const services = documents.filter(({ kind }) => kind === 'Service')
      assert.ok(services.length > 0)
      for (const { spec } of services) {
        for (const [label, value] of Object.entries(spec.selector)) assert.equal(template.metadata.labels[label], value)
        for (const { targetPort } of spec.ports) assert.ok(ports.includes(targetPort), targetPort)
      }
      const kinds = documents.map(({ kind }) => kind)
      assert.equal(kinds.includes('HorizontalPodAutoscaler'), values.length > 0)
      assert.equal(kinds.includes('ServiceMonitor'), values.length > 0)
    })
  }
})

describe('the release workflow', () => {
  it('runs scripts that the package has, with separate permissions for each job', () => {
    const { jobs, permissions, on } = parse(read('.github/workflows/release.yml'))
    assert.deepEqual(permissions, {})
    assert.ok(on.push.tags.length > 0)
    for (const { permissions: own, steps } of Object.values<{ permissions: object; steps: { run?: string }[] }>(jobs)) {
      assert.ok(own)
      const text = steps.map(({ run = '' }) => run).join('\n')
      for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g)) assert.ok(name in packageJson.scripts, name)
    }
  })

  it('runs the actions of others at a commit, since a tag can be moved', () => {
    const actions = [...read('.github/workflows/release.yml').matchAll(/uses: (.+)$/gm)].map(([, action]) => action)
    assert.ok(actions.length > 5)
    for (const action of actions) assert.match(action as string, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('publishes what the package and the image contain', () => {
    const { packages, image } = parse(read('.github/workflows/release.yml')).jobs
    const attested = packages.steps.find(({ uses = '' }) => uses.startsWith('actions/attest-sbom@'))
    assert.equal(attested.with['sbom-path'], 'dist/sbom.json')
    const published = image.steps.find(({ id }: { id?: string }) => id === 'published')
    assert.deepEqual([published.with.sbom, published.with.provenance], [true, 'mode=max'])
  })
})
