import type { Context } from '../../context.ts'
import { createProject } from '../../resources/projects/projects.ts'
import { createKey } from '../../resources/tokens/tokens.ts'

export const DEMO_PROJECT = 'demo'

/** Creates a test project to try things in. Returns its API key. */
export async function makeDemo(context: Context): Promise<string> {
  const project = await createProject(context, { id: DEMO_PROJECT, type: 'test', name: 'Demo' })
  return (await createKey(context, project, { name: 'first start' })).token
}
