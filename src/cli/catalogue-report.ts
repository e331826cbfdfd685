import { Command } from 'commander'
import type { DeviceStatistics } from '../resources/devices/schema.ts'
import { adviseList } from './catalogue-lists.ts'
import { COMMAND, count, print, share, table } from './print.ts'
import { withContext } from './with-context.ts'

interface Report extends Pick<DeviceStatistics, 'devices' | 'known' | 'unknownTacs'> {
  project: string
}

/** `handset catalogue report` */
export function reportCommand(): Command {
  return new Command('report')
    .description(
      "Report what the catalogue knows about a project's devices, and the most common TACs that it does not know.",
    )
    .requiredOption('--project <id>', 'the project')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset catalogue report --project acme')
    .action(({ project: id, json }: { project: string; json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        const { requireProject } = await import('../resources/projects/projects.ts')
        const { countDevices } = await import('../resources/devices/statistics.ts')
        const project = await requireProject(context, id)
        const { devices, known, unknownTacs }: DeviceStatistics = JSON.parse(await countDevices(context, { project }))
        const report: Report = { project: id, devices, known, unknownTacs }
        print(json, report, describe(report, await adviseList(context.db)))
      }),
    )
}

function describe({ project, devices, known, unknownTacs }: Report, advice: string | undefined): string {
  if (devices === 0) return `Project ${project} has no devices.`
  const facts = [
    ['brand', known.brand],
    ['name', known.name],
    ['type', known.type],
    ['SIM types', known.simTypes],
  ] as const
  const totals = facts.map(([fact, number]) => [fact, count(number), share(number, devices)])
  const parts = [
    `Project ${project} has ${count(devices)} ${devices === 1 ? 'device' : 'devices'}. The catalogue knows:`,
    table(['FACT', 'DEVICES', 'SHARE'], totals),
  ]
  const [mostCommon] = unknownTacs
  if (mostCommon === undefined) return parts.join('\n\n')
  const tacs = unknownTacs.map(({ tac, devices: number }) => [tac, count(number), share(number, devices)])
  return [
    ...parts,
    `The most common TACs without a model:\n\n${table(['TAC', 'DEVICES', 'SHARE'], tacs)}`,
    [
      `To name one of them: ${COMMAND} catalogue set ${mostCommon.tac} --brand BRAND --name NAME`,
      `To name many of them, import a list with the header tac,brand,name: ${COMMAND} catalogue import FILE`,
      ...(advice === undefined ? [] : [advice]),
    ].join('\n'),
  ].join('\n\n')
}
