import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { SETTINGS } from '../../src/settings.ts'
import { makeDirectory } from '../support/directory.ts'
import { isInstalled } from '../support/installed.ts'
import { startServer } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const server = await startServer()
const demo = await server.addProject('demo', 'test')
await demo.call('GET', './devices')

/** Metrics that this server does not show: those of the other engine, and those of jobs that only `handset serve` runs. */
const ELSEWHERE = /^handset_(?:store_(?:log_bytes|connections|waiting)|webhook_\w+)$/

const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).map(read).join('\n')

/** Labels that Prometheus adds to what it reads. */
const ADDED = ['job', 'instance']

/** The metrics that a server shows, with their labels. */
async function shownMetrics(): Promise<Map<string, Set<string>>> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const metrics = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
    const known = metrics.get(name) ?? new Set(ADDED)
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    metrics.set(name, known)
  }
  return metrics
}

/** The labels that the source declares for a metric that this server does not show. */
function declaredLabels(name: string): Set<string> {
  const [, labels = ''] = new RegExp(`name: '${name}'[^}]*labelNames: \\[([^\\]]*)\\]`).exec(SOURCES) ?? []
  return new Set([...ADDED, ...[...labels.matchAll(/'(\w+)'/g)].map(([, label]) => label as string)])
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

  it('select, group by and show labels that the metrics have', async () => {
    const shown = await shownMetrics()
    const labelsOf = (name: string) => shown.get(name) ?? (name === 'up' ? new Set(ADDED) : declaredLabels(name))
    const queries = [
      ...alertRules().map(({ expr, annotations }) => ({ expr, texts: Object.values(annotations) })),
      ...panels().flatMap(({ targets }) => targets.map(({ expr, legendFormat }) => ({ expr, texts: [legendFormat] }))),
    ]
    let selected = 0
    for (const { expr, texts } of queries) {
      for (const [, name = '', selector = ''] of expr.matchAll(/\b(\w+)\{([^}]*)\}/g)) {
        for (const [, label = ''] of selector.matchAll(/(\w+)(?:=|!=|=~|!~)"/g)) {
          assert.ok(labelsOf(name).has(label), `${name} has no label ${label}: ${expr}`)
          selected += 1
        }
      }
      const names = [...expr.matchAll(/\b(?:up|(?:handset|process|nodejs)_\w+)/g)].map(([name]) => name)
      const groups = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '))
      const isAggregated = /\b(?:sum|max|min|count)\b/.test(expr)
      const texted = texts.join().matchAll(/\{\{ ?(?:\$labels\.)?([a-z_]+) ?\}\}/g)
      for (const [, label = ''] of texted)
        assert.ok(!isAggregated || groups.includes(label), `${label} is lost: ${expr}`)
      for (const label of groups)
        assert.ok(
          names.some((name) => labelsOf(name).has(label)),
          `${label}: ${expr}`,
        )
    }
    assert.ok(selected > 20)
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

  it('show for each alert when it fires and when it does not', () => {
    const { tests } = parse(read('deploy/prometheus/alerts.test.yaml')) as { tests: AlertTest[] }
    const checks = tests.flatMap(({ alert_rule_test }) => alert_rule_test)
    for (const { alert } of alertRules()) {
      const own = checks.filter(({ alertname }) => alertname === alert).map(({ exp_alerts }) => exp_alerts.length > 0)
      assert.deepEqual(new Set(own), new Set([true, false]), alert)
    }
  })

  it('have panels whose queries Prometheus accepts', { skip: !isInstalled('promtool', '--version') }, async () => {
    const queries = panels().flatMap(({ targets }) => targets.map(({ expr }) => expr))
    const rules = queries.map((expr, place) => ({
      record: `panel:${place}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', 'handset'),
    }))
    const file = join(await makeDirectory(), 'panels.yaml')
    await writeFile(file, stringify({ groups: [{ name: 'panels', rules }] }))
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file])
    assert.equal(status, 0, `${stdout}${stderr}`)
  })

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

interface AlertTest {
  alert_rule_test: { alertname: string; exp_alerts: object[] }[]
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

function panels(): { title: string; targets: { expr: string; legendFormat: string }[] }[] {
  return JSON.parse(read('deploy/grafana/handset.json')).panels
}

describe('the systemd unit', () => {
  it('passes the checks of systemd, and exposes little', {
    skip: !isInstalled('systemd-analyze', '--version'),
  }, async () => {
    const unit = join(await makeDirectory(), 'handset.service')
    await writeFile(unit, read('deploy/systemd/handset.service').replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'))
    for (const words of [
      ['verify', unit],
      ['security', '--offline=yes', '--threshold=15', unit],
    ]) {
      const { status, stdout, stderr } = spawnSync('systemd-analyze', words)
      assert.equal(status, 0, `${stdout}${stderr}`)
    }
  })

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
