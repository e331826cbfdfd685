import type { Context } from '../../context.ts'
import type { Role } from '../../contract/operation.ts'
import { createKey } from '../../resources/api-keys/api-keys.ts'
import { createProject } from '../../resources/projects/projects.ts'

export const DEMO_PROJECT = 'demo'

/** Creates a test project to try things in. Returns its API key, which has this role. */
export async function makeDemo(context: Context, role: Role = 'admin'): Promise<string> {
  const project = await createProject(context, { id: DEMO_PROJECT, type: 'test', name: 'Demo' })
  return (await createKey(context, project, { name: 'first start', role })).token
}
