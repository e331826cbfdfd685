import { useEffect, useState } from 'preact/hooks'
import { NoticesProvider } from './notices.tsx'
import { Pages } from './pages.tsx'
import { Brand } from './parts/brand.tsx'
import { Failure } from './parts/failure.tsx'
import { RouteProvider, useCurrentRoute } from './router.ts'
import { isInvalidKey, KEY_ENDED, type Session, SessionProvider, signIn, storedKey } from './session.ts'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

type State =
  | { is: 'signing-in' }
  | { is: 'signed-out'; reason?: string | undefined }
  | { is: 'unreachable'; error: unknown }
  | { is: 'signed-in'; session: Session }

export function App() {
  const route = useCurrentRoute()
  const [state, setState] = useState<State>(() => ({ is: storedKey() === null ? 'signed-out' : 'signing-in' }))

  const enter = async (key: string) => {
    const session = await signIn(key, (reason) => setState({ is: 'signed-out', reason }))
    setState({ is: 'signed-in', session })
  }
  const enterWithStoredKey = () => {
    const key = storedKey()
    if (key === null) return
    setState({ is: 'signing-in' })
    enter(key).catch((error: unknown) =>
      setState(isInvalidKey(error) ? { is: 'signed-out', reason: KEY_ENDED } : { is: 'unreachable', error }),
    )
  }
  useEffect(enterWithStoredKey, [])

  if (state.is === 'signing-in') return null
  if (state.is === 'unreachable') {
    return (
      <div class="sign-in">
        <main>
          <h1>
            <Brand />
          </h1>
          <Failure error={state.error} retry={enterWithStoredKey} />
        </main>
      </div>
    )
  }
  if (state.is === 'signed-out') return <SignIn reason={state.reason} onKey={enter} />
  return (
    <RouteProvider value={route}>
      <SessionProvider value={state.session}>
        <NoticesProvider>
          <Shell>
            <Pages />
          </Shell>
        </NoticesProvider>
      </SessionProvider>
    </RouteProvider>
  )
}
