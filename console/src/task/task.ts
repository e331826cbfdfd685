import { hrefOf, navigate, redirect, useRoute } from '../router.ts'
import { useMayChange } from '../session.ts'

/** A task that is open on the page of an object. Its address has its name, so that Back and a reload find it again. */
export type TaskName = 'replace' | 'add-phone' | 'put-in'

export interface Task {
  name: TaskName | null
  open(name: TaskName): void
  close(): void
}

export function useTask(): Task {
  const { path, query } = useRoute()
  const mayChange = useMayChange()
  const { task, ...others } = Object.fromEntries(query)
  return {
    name: mayChange ? ((task as TaskName) ?? null) : null,
    open: (name) => navigate(hrefOf(path, { ...others, task: name })),
    close: () => redirect(hrefOf(path, others)),
  }
}
