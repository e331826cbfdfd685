import { Command } from 'commander'
import { beginRebuild, continueStage, findStages } from '../db/search/rebuild.ts'
import { allProjects, requireProject } from '../resources/projects/projects.ts'
import { count, print } from './print.ts'
import { createProgress } from './progress.ts'
import { withContext } from './with-context.ts'

/** `handset reindex` */
export function reindexCommand(): Command {
  return new Command('reindex')
    .description('Rebuild the index of words, which finds users, devices and SIMs. A server may be running.')
    .option('--project <id>', 'only this project (default: all projects)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nIf it is interrupted, run it again: it continues.\n\nExample:\n  handset reindex')
    .action(({ project: id, json }: { project?: string; json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        const { db } = context
        const projects = id === undefined ? await allProjects(context) : [await requireProject(context, id)]
        const progress = createProgress()
        let rows = 0
        for (const project of projects) {
          await beginRebuild(db, project.id)
          for (const stage of await findStages(db, project.id)) {
            for (let done: number | null = 0; done !== null; ) {
              done = await continueStage(db, project.id, stage)
              rows += done ?? 0
              progress.update(rows, undefined)
            }
          }
        }
        progress.end()
        const names = projects.map((project) => project.id)
        print(json, { object: 'reindex', projects: names }, `The index of ${count(names.length)} projects is complete.`)
      }),
    )
}
