import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Context } from '../../context.ts'
import { continueStage, findStages } from '../../db/search/rebuild.ts'
import { allProjects } from '../../resources/projects/projects.ts'

/** How often the progress is logged, in milliseconds. */
const REPORTS = 10_000

/** How long to wait after a failure, in milliseconds. */
const LONGEST_PAUSE = 60_000

/**
 * Finishes the rebuilds of the index of words that a migration or `handset reindex` has started, until the signal
 * aborts. It pauses after each batch for as long as the batch took, so that requests hardly wait. It logs a failure, and
 * tries again a minute later.
 */
export async function indexWordsInBackground(context: Context, signal: AbortSignal, logger: Logger): Promise<void> {
  while (!signal.aborted) {
    try {
      return await indexAll(context, signal, logger)
    } catch (error) {
      if (signal.aborted) return
      logger.error({ err: error }, 'index of words')
      await pause(LONGEST_PAUSE, undefined, { signal, ref: false }).catch(() => {})
    }
  }
}

async function indexAll(context: Context, signal: AbortSignal, logger: Logger): Promise<void> {
  for (const { id: project } of await allProjects(context)) {
    for (const stage of await findStages(context.db, project)) {
      let rows = 0
      let reported = performance.now()
      logger.info({ project, stage }, 'index of words: started')
      for (;;) {
        const began = performance.now()
        const done = signal.aborted ? null : await continueStage(context.db, project, stage)
        if (done === null) break
        rows += done
        if (performance.now() - reported > REPORTS) {
          reported = performance.now()
          logger.info({ project, stage, rows }, 'index of words: in progress')
        }
        await pause(performance.now() - began, undefined, { ref: false })
      }
      if (signal.aborted) return
      logger.info({ project, stage, rows }, 'index of words: done')
    }
  }
}
