import { randomInt } from 'node:crypto'
import { Command } from 'commander'
import { requireProject } from '../resources/projects/projects.ts'
import { seedProject } from '../serve/jobs/seed.ts'
import { readWhole } from './options.ts'
import { count, print } from './print.ts'
import { createProgress } from './progress.ts'
import { withContext } from './with-context.ts'

const MAX_SEED = 2 ** 31

interface SeedOptions {
  project: string
  devices: number
  seed?: number
  json?: boolean
}

/** `handset seed` */
export function seedCommand(): Command {
  return new Command('seed')
    .description('Fill a test project with plausible users, SIMs and devices, created over the past year.')
    .requiredOption('--project <id>', 'the test project')
    .option('--devices <number>', 'how many devices', readWhole(1, 1_000_000), 100)
    .option('--seed <number>', 'the same seed gives the same data (default: random)', readWhole(0, MAX_SEED))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  handset seed --project demo --devices 1000
  handset seed --project demo --devices 50 --seed 2`,
    )
    .action(({ project: id, devices, seed = randomInt(MAX_SEED), json }: SeedOptions, command: Command) =>
      withContext(command, async (context) => {
        const progress = createProgress()
        const onProgress = (done: number) => progress.update(undefined, done)
        const project = await requireProject(context, id)
        const made = await seedProject(context, project, { devices, seed, onProgress }).finally(progress.end)
        const text = `Created ${count(made.users)} users with ${count(made.devices)} devices and ${count(made.sims)} SIMs in ${id}, from seed ${seed}.`
        print(json, { project: id, seed, ...made }, text)
      }),
    )
}
