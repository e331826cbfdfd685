import type { Context } from '../../context.ts'
import type { Role } from '../../contract/operation.ts'
import { createKey } from '../../resources/api-keys/api-keys.ts'
import { createLink } from '../../resources/console-sessions/console-sessions.ts'
import { createProject } from '../../resources/projects/projects.ts'

export const DEMO_PROJECT = 'demo'

export interface Demo {
  /** An API key. */
  token: string
  /** The code of a link that signs in to the console with that key. */
  code: string
}

/** Creates a test project to try things in, with an API key of this role. */
export async function makeDemo(context: Context, role: Role = 'admin'): Promise<Demo> {
  const project = await createProject(context, { id: DEMO_PROJECT, type: 'test', name: 'Demo' })
  const { id, token } = await createKey(context, project, { name: 'first start', role })
  return { token, code: await createLink(context, project, id) }
}
