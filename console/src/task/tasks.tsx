import type { Device, Sim, User } from '@handset/sdk'
import type { ComponentChildren, FunctionComponent } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useLoaded } from '../loading.ts'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf, redirect } from '../router.ts'
import { useMayChange, useSession } from '../session.ts'
import { type Task, type TaskName, useTask } from './task.ts'

/** How many phones of a user are offered for replacement. */
const LIMIT = 50

/** The button that opens a task. When the task closes, the focus returns to it. */
export function TaskButton({
  task: name,
  isMain = false,
  children,
}: {
  task: TaskName
  isMain?: boolean
  children: ComponentChildren
}) {
  const task = useTask()
  const mayChange = useMayChange()
  const button = useRef<HTMLButtonElement>(null)
  const before = useRef(task.name)
  useLayoutEffect(() => {
    if (before.current === name && task.name === null && document.activeElement === document.body) {
      button.current?.focus()
    }
    before.current = task.name
  }, [task.name])
  if (!mayChange) return null
  return (
    <button
      ref={button}
      type="button"
      // While a task is open, its own button is the main one.
      class={isMain && task.name === null ? 'button button-main' : 'button'}
      aria-expanded={task.name === name}
      onClick={() => (task.name === name ? task.close() : task.open(name))}
    >
      {children}
    </button>
  )
}

/** The open task of a device. */
export function DeviceTask({ device }: { device: Device }) {
  const task = useTask()
  if (task.name !== 'replace') return null
  return (
    <LoadedTask load={async () => (await import('./replace.tsx')).ReplacePhone}>
      {(ReplacePhone) => (
        <ReplacePhone
          devices={[device]}
          onDone={({ id }) => redirect(hrefOf(`/devices/${id}`))}
          onCancel={task.close}
        />
      )}
    </LoadedTask>
  )
}

/** The open task of a user. */
export function UserTask({ user }: { user: User }) {
  const task = useTask()
  if (task.name === 'replace') return <ReplaceOfUser user={user} task={task} />
  if (task.name !== 'add-phone') return null
  return (
    <LoadedTask load={async () => (await import('./add-phone.tsx')).AddPhone}>
      {(AddPhone) => <AddPhone user={user} onDone={task.close} onCancel={task.close} />}
    </LoadedTask>
  )
}

function ReplaceOfUser({ user, task }: { user: User; task: Task }) {
  const { handset } = useSession()
  const [devices] = useLoaded(
    async (signal) => (await handset.devices.list({ user: user.id, limit: LIMIT }, { signal })).items,
    [handset, user.id],
  )
  return (
    <LoadedTask load={async () => (await import('./replace.tsx')).ReplacePhone}>
      {(ReplacePhone) => (
        <WhenLoaded loaded={devices}>
          {(devices) => <ReplacePhone devices={devices} onDone={task.close} onCancel={task.close} />}
        </WhenLoaded>
      )}
    </LoadedTask>
  )
}

/** The open task of a SIM that is in the phone `holder`. */
export function SimTask({ sim, holder }: { sim: Sim; holder: Device | null }) {
  const task = useTask()
  if (task.name !== 'put-in') return null
  return (
    <LoadedTask load={async () => (await import('./put-in.tsx')).PutIntoPhone}>
      {(PutIntoPhone) => <PutIntoPhone sim={sim} holder={holder} onDone={task.close} onCancel={task.close} />}
    </LoadedTask>
  )
}

/** Loads the code of a task when it is opened. */
function LoadedTask<Props>({
  load,
  children,
}: {
  load: () => Promise<FunctionComponent<Props>>
  children: (task: FunctionComponent<Props>) => ComponentChildren
}) {
  const [loaded] = useLoaded(async () => ({ component: await load() }), [])
  return <WhenLoaded loaded={loaded}>{({ component }) => children(component)}</WhenLoaded>
}
