import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { loadConfig } from '../../src/config.ts'
import { SETTINGS } from '../../src/settings.ts'
import { isInstalled } from '../support/installed.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

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

// biome-ignore lint/suspicious/noExplicitAny: the files of other programs have no types
type Manifest = any

/** The objects that the chart makes with these values, by kind. */
function render(...values: string[]): Map<string, Manifest[]> {
  const sets = values.flatMap((value) => ['--set', value])
  const words = ['template', 'prod', join(ROOT, 'deploy/helm/handset'), ...sets]
  const { status, stdout, stderr } = spawnSync('helm', words, { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return Map.groupBy(
    parseAllDocuments(stdout).map((document) => document.toJS()),
    ({ kind }) => kind,
  )
}

describe('the Helm chart, as Helm renders it', { skip: !isInstalled('helm', 'version') }, () => {
  it('passes helm lint', () => {
    const { status, stdout, stderr } = spawnSync('helm', ['lint', '--strict', join(ROOT, 'deploy/helm/handset')])
    assert.equal(status, 0, `${stdout}${stderr}`)
  })

  it('makes what it promises, and the optional parts only on request', () => {
    const standard = ['Deployment', 'Job', 'NetworkPolicy', 'PodDisruptionBudget', 'Service']
    assert.deepEqual([...render().keys()].toSorted(), standard)
    const optional = ['HorizontalPodAutoscaler', 'ServiceMonitor']
    assert.deepEqual([...render(...EVERYTHING).keys()].toSorted(), [...standard, ...optional].toSorted())
    const none = render('migration.enabled=false', 'networkPolicy.enabled=false')
    assert.deepEqual([...none.keys()].toSorted(), ['Deployment', 'PodDisruptionBudget', 'Service'])
  })

  for (const values of [[], EVERYTHING]) {
    it(`selects its own pods and names its own ports, with ${values.join(', ') || 'its defaults'}`, () => {
      const objects = render(...values)
      const of = (kind: string): Manifest[] => objects.get(kind) ?? []
      const [{ metadata, spec }] = of('Deployment')
      const [{ ports }] = spec.template.spec.containers
      const names = ports.map(({ name }: Manifest) => name)
      const selectors = [
        spec.selector.matchLabels,
        ...of('Service').map((service) => service.spec.selector),
        ...of('PodDisruptionBudget').map((budget) => budget.spec.selector.matchLabels),
        ...of('NetworkPolicy').map((policy) => policy.spec.podSelector.matchLabels),
      ]
      for (const selector of selectors) assertContains(spec.template.metadata.labels, selector)
      for (const service of of('Service')) {
        for (const { targetPort } of service.spec.ports) assert.ok(names.includes(targetPort), targetPort)
      }
      for (const policy of of('NetworkPolicy')) {
        for (const { ports: allowed } of policy.spec.ingress) assert.ok(names.includes(allowed[0].port))
      }
      for (const scaler of of('HorizontalPodAutoscaler')) assert.equal(scaler.spec.scaleTargetRef.name, metadata.name)
      for (const monitor of of('ServiceMonitor')) {
        const [scraped] = of('Service').filter(({ spec }) => spec.ports[0].name === monitor.spec.endpoints[0].port)
        assertContains(scraped.metadata.labels, monitor.spec.selector.matchLabels)
      }
    })
  }

  it('reads the URL of the database from secrets, also in the migration, which runs before the pods', () => {
    const objects = render('database.secret=one', 'database.migrationSecret=two', 'migration.citus=true')
    const [pod, job] = ['Deployment', 'Job'].map((kind) => objects.get(kind)?.[0]) as [Manifest, Manifest]
    const secretOf = ({ spec }: Manifest) => spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name
    assert.deepEqual([secretOf(pod), secretOf(job)], ['one', 'two'])
    assert.equal(job.metadata.annotations['helm.sh/hook'], 'pre-install,pre-upgrade')
    assert.deepEqual(job.spec.template.spec.containers[0].args, ['migrate', '--citus'])
  })

  it('gives a pod time to drain, and then to finish its requests', () => {
    const { spec } = render('drainSeconds=25').get('Deployment')?.[0].spec.template ?? {}
    const [drain] = spec.containers[0].env.filter(({ name }: Manifest) => name === 'HANDSET_DRAIN_TIME')
    assert.equal(drain.value, '25')
    assert.ok(spec.terminationGracePeriodSeconds >= 25 + loadConfig({}).http.requestTimeout)
  })
})

function assertContains(labels: Record<string, string>, selector: Record<string, string>): void {
  assert.deepEqual({ ...labels, ...selector }, labels)
}
