import { useEffect, useState } from 'preact/hooks'
import { NoticesProvider } from './notices.tsx'
import { Pages } from './pages.tsx'
import { Brand } from './parts/brand.tsx'
import { Failure } from './parts/failure.tsx'
import { RouteProvider, useCurrentRoute } from './router.ts'
import {
  chooseProject,
  createClient,
  forgetProject,
  readSession,
  rememberProject,
  SESSION_ENDED,
  type Session,
  SessionProvider,
  type SignedIn,
  signIn,
  signOut,
} from './session.ts'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

type State =
  | { is: 'signing-in' }
  | { is: 'signed-out'; reason?: string | undefined }
  | { is: 'adding-project'; back: () => void }
  | { is: 'unreachable'; error: unknown }
  | { is: 'signed-in'; session: Session }

/** The code of a link is in the fragment, so that it is never sent to a server. */
const LINK_CODE = /^#code=(\w+)$/

export function App() {
  const route = useCurrentRoute()
  const [state, setState] = useState<State>({ is: 'signing-in' })

  const show = (all: readonly SignedIn[], shown: SignedIn) => {
    rememberProject(shown.project.id)
    const end = () => {
      forgetProject()
      setState({ is: 'signed-out', reason: SESSION_ENDED })
    }
    const session: Session = {
      ...shown,
      handset: createClient(shown.project.id, end),
      canChange: shown.key.role !== 'viewer',
      all,
      show: (projectId) => show(all, all.find(({ project }) => project.id === projectId) ?? shown),
      addProject: () => setState({ is: 'adding-project', back: () => show(all, shown) }),
      signOut: async () => {
        await signOut()
        setState({ is: 'signed-out' })
      },
    }
    setState({ is: 'signed-in', session })
  }
  const enter = async (secret: Parameters<typeof signIn>[0], options: { remember: boolean }) => {
    const all = await signIn(secret, options)
    const [newest] = all
    if (newest !== undefined) show(all, newest)
  }
  const resume = async () => {
    setState({ is: 'signing-in' })
    try {
      const all = await readSession()
      const shown = chooseProject(all)
      if (shown === undefined) setState({ is: 'signed-out' })
      else show(all, shown)
    } catch (error) {
      setState({ is: 'unreachable', error })
    }
  }
  const start = async () => {
    const code = LINK_CODE.exec(window.location.hash)?.[1]
    if (code === undefined) return resume()
    history.replaceState(null, '', window.location.pathname + window.location.search)
    try {
      await enter({ code }, { remember: false })
    } catch {
      // Someone who is signed in already needs no link.
      await resume()
      setState((state) => (state.is === 'signed-out' ? { ...state, reason: LINK_ENDED } : state))
    }
  }
  useEffect(() => {
    start()
  }, [])

  if (state.is === 'signing-in') return null
  if (state.is === 'unreachable') {
    return (
      <div class="sign-in">
        <main>
          <h1>
            <Brand />
          </h1>
          <Failure error={state.error} retry={resume} />
        </main>
      </div>
    )
  }
  if (state.is === 'signed-out') return <SignIn reason={state.reason} onKey={enter} />
  if (state.is === 'adding-project') return <SignIn onKey={enter} onCancel={state.back} />
  return (
    <RouteProvider value={route}>
      {/* Nothing of one project may be shown in another. */}
      <SessionProvider value={state.session} key={state.session.project.id}>
        <NoticesProvider>
          <Shell>
            <Pages />
          </Shell>
        </NoticesProvider>
      </SessionProvider>
    </RouteProvider>
  )
}

const LINK_ENDED = 'This link has been used or is older than 15 minutes. Ask for another, or sign in with a key.'
