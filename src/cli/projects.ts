import { Command, Option } from 'commander'
import { PROJECT_TYPES, type Project } from '../contract/project.ts'
import { allProjects, createProject, toPublicProject } from '../resources/projects/projects.ts'
import { readName } from './options.ts'
import { COMMAND, print, table } from './print.ts'
import { withContext, withNewContext } from './with-context.ts'

interface CreateOptions {
  type: Project['type']
  name?: string
  locale?: string[]
  json?: boolean
}

/** `handset projects create|list` */
export function projectsCommand(): Command {
  const projects = new Command('projects')
    .description('Create and list projects. Each project is a separate registry.')
    .addHelpText('after', '\nExample:\n  handset projects create acme --type live')

  projects
    .command('create')
    .description('Create a project. Its type can never change.')
    .argument('<id>', 'its name in paths: 3 to 30 characters a-z, 0-9 and -')
    .addOption(
      new Option('--type <type>', 'live validates the check digit of IMEIs, test does not')
        .choices(PROJECT_TYPES)
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'its name for people (default: its id)', readName)
    .option('--locale <tag...>', 'BCP 47 tags; the first is the default of new users (default: en-US)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  handset projects create acme --type live --name "Acme Mobile" --locale de-CH fr-CH',
    )
    .action((id: string, { type, name, locale, json }: CreateOptions, command: Command) =>
      withNewContext(command, async (context) => {
        const project = toPublicProject(await createProject(context, { id, type, name, locales: locale }))
        print(
          json,
          project,
          `Created the ${type} project ${id}. Next: ${COMMAND} keys create --project ${id} --name backend`,
        )
      }),
    )

  projects
    .command('list')
    .description('List all projects.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset projects list --json')
    .action(({ json }: { json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        const all = (await allProjects(context)).map(toPublicProject)
        const rows = all.map(({ id, type, name, locales, createdAt }) => [id, type, name, locales.join(' '), createdAt])
        print(json, all, table(['ID', 'TYPE', 'NAME', 'LOCALES', 'CREATED'], rows))
      }),
    )

  return projects
}
