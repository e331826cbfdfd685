import { randomUUID } from 'node:crypto'
import { isHeldByOther, releaseLease, takeLease } from '../db/leases.ts'
import type { Database, Queries } from '../db/port.ts'
import { toExactTime } from '../domain/time.ts'
import { queueDeliveries } from './deliveries.ts'
import { createOutages, type OutageReport } from './outages.ts'
import { countUnordered, orderEvents } from './store.ts'

/** How long a process may order the events of a project before others may take its place, in milliseconds. */
const LEASE = 1_000

/** How often the holder of a lease looks for events of other processes, and how often the others check that it does. */
const HOLDER_POLL = 50
const OTHERS_POLL = 200

/** The shortest time between two batches of a project, so that many commits share a batch. */
const GAP = 20

/** How long to wait after a failure. */
const PAUSE = 1_000

/** Events in one transaction. */
const BATCH = 1_000

/** How many projects are checked per second for events whose process died before they got a position. */
const ROUND = 50
const ROUND_INTERVAL = 1_000

const JOB = 'order events'

const PROJECTS = 'SELECT id FROM projects WHERE id > $1 ORDER BY id LIMIT $2'

/**
 * Gives the committed events of each project their positions. One process at a time does this for a project: the one that
 * holds the project's lease. The lease only saves work. If two processes believe that they hold it, both change its row,
 * and the store ends the transaction of one.
 */
export interface Sequencer {
  /** To be called after each commit of events, and before events are read. */
  nudge(projectId: string): void
  /** Starts looking at all projects in turn, until the signal aborts, and reporting when ordering fails. */
  watchAll(signal: AbortSignal, report: OutageReport): void
  /** As `settled` of `EventLog`. */
  settled(): Promise<void>
  /** The number of projects whose events this process orders. */
  leases(): number
  /** The number of events without a position, in the projects that this process has looked at. */
  backlog(): number
}

interface SequencerParts {
  db: Database
  onOrdered: (projectId: string) => void
}

type Outcome = 'ordered' | 'full' | 'held'

interface Project {
  timer: NodeJS.Timeout | undefined
  /** When the timer fires. */
  due: number
  running: Promise<void> | undefined
  /** Until when this process holds the lease, by its own clock; 0 if it does not. */
  leaseUntil: number
  waiting: number
}

export function createSequencer({ db, onOrdered }: SequencerParts): Sequencer {
  const holder = randomUUID()
  const active = new Map<string, Project>()
  let outages = createOutages({ began() {}, ended() {} })

  function schedule(projectId: string, project: Project, wait: number): void {
    const due = performance.now() + wait
    if (project.timer !== undefined && project.due <= due) return
    clearTimeout(project.timer)
    project.due = due
    project.timer = setTimeout(() => run(projectId, project), wait).unref()
  }

  function run(projectId: string, project: Project): Promise<void> {
    clearTimeout(project.timer)
    project.timer = undefined
    project.running ??= pass(projectId, project).finally(() => {
      project.running = undefined
    })
    return project.running
  }

  /** Orders the events without a position, and schedules the next pass for as long as one may be needed. */
  async function pass(projectId: string, project: Project): Promise<void> {
    try {
      const outcome = await orderOnce(projectId, project)
      outages.succeeded(projectId)
      if (outcome === 'full') schedule(projectId, project, 0)
      else if (outcome === 'held') schedule(projectId, project, OTHERS_POLL)
      else if (project.leaseUntil > Date.now()) schedule(projectId, project, HOLDER_POLL)
      else if (project.timer === undefined) active.delete(projectId)
    } catch (error) {
      outages.failed(error, projectId)
      project.leaseUntil = 0
      schedule(projectId, project, PAUSE)
    }
  }

  async function orderOnce(projectId: string, project: Project): Promise<Outcome> {
    project.waiting = await countUnordered(db, projectId)
    if (project.waiting === 0) return 'ordered'
    const lease = { projectId, job: JOB }
    if (await isHeldByOther(db, lease, holder, timeText(0))) return 'held'
    const order = async (tx: Queries) => {
      const until = timeText(LEASE)
      if (!(await takeLease(tx, lease, { holder, until }, timeText(0)))) return undefined
      const ordered = await orderEvents(tx, projectId, BATCH)
      if (ordered.length > 0) await queueDeliveries(tx, projectId, ordered)
      return ordered.length
    }
    const count = await db.transaction(order, { project: projectId })
    if (count === undefined) return 'held'
    project.leaseUntil = Date.now() + LEASE
    project.waiting = Math.max(0, project.waiting - count)
    if (count > 0) onOrdered(projectId)
    return count < BATCH ? 'ordered' : 'full'
  }

  function find(projectId: string): Project {
    const project = active.get(projectId) ?? { timer: undefined, due: 0, running: undefined, leaseUntil: 0, waiting: 0 }
    active.set(projectId, project)
    return project
  }

  function nudge(projectId: string): void {
    const known = active.get(projectId)
    schedule(projectId, known ?? find(projectId), known === undefined ? 0 : GAP)
  }

  /** Ends the passes of a project, and its lease, so that another process need not wait for it to expire. */
  async function finish(projectId: string, project: Project): Promise<void> {
    await project.running
    clearTimeout(project.timer)
    project.timer = undefined
    let outcome: Outcome
    do outcome = await orderOnce(projectId, project)
    while (outcome === 'full')
    active.delete(projectId)
    if (project.leaseUntil > Date.now()) await releaseLease(db, { projectId, job: JOB }, holder)
  }

  return {
    nudge,
    watchAll(signal, report) {
      outages = createOutages(report)
      let last = ''
      const timer = setInterval(async () => {
        try {
          const page = await db.all<{ id: string }>(PROJECTS, [last, ROUND])
          for (const { id } of page) nudge(id)
          last = page.length < ROUND ? '' : (page.at(-1)?.id ?? '')
          outages.succeeded()
        } catch (error) {
          outages.failed(error)
        }
      }, ROUND_INTERVAL).unref()
      signal.addEventListener('abort', () => clearInterval(timer), { once: true })
    },
    async settled() {
      for (const [projectId, project] of active)
        await finish(projectId, project).catch((error) => outages.failed(error, projectId))
    },
    leases: () => [...active.values()].filter(({ leaseUntil }) => leaseUntil > Date.now()).length,
    backlog: () => [...active.values()].reduce((sum, { waiting }) => sum + waiting, 0),
  }
}

/** The time this many milliseconds from now, in the form in which leases store it. */
function timeText(milliseconds: number): string {
  return toExactTime(Date.now() + milliseconds)
}
