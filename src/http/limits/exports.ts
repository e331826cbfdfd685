import type { Logger } from 'pino'
import type { HttpSettings } from '../../config.ts'
import { unavailable } from '../../errors.ts'
import { tooManyRequests } from './rate-limit.ts'
import { createShares } from './shares.ts'

/** The exports in progress. Each holds a snapshot, which keeps the store from cleaning up. */
export interface Exports {
  /**
   * Starts an export of a project: 503 if the server has too many, 429 if the project has. Returns the function that
   * ends it.
   */
  begin(project: string): () => void
  /** Their number, for the metrics. */
  count(): number
}

type Terms = Pick<HttpSettings, 'maxExports' | 'projectExports'>

export function createExports({ maxExports, projectExports }: Terms, logger: Logger): Exports {
  const projects = createShares(projectExports)
  let count = 0

  function log(message: string): void {
    logger.info({ exports: count, projects: Object.fromEntries(projects.held) }, message)
  }

  return {
    begin(project) {
      if (count >= maxExports) {
        log('export rejected: the server has too many')
        throw unavailable('Too many exports are in progress')
      }
      if (!projects.take(project)) {
        log('export rejected: its project has too many')
        throw tooManyRequests('This project has too many exports in progress', 1)
      }
      count += 1
      log('export started')
      return () => {
        count -= 1
        projects.release(project)
        log('export ended')
      }
    },
    count: () => count,
  }
}
