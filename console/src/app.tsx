import { useEffect, useState } from 'preact/hooks'
import { NoticesProvider } from './notices.tsx'
import { Pages } from './pages.tsx'
import { Brand } from './parts/brand.tsx'
import { Failure } from './parts/states.tsx'
import { PlaceProvider, useCurrentPlace } from './router.ts'
import { isRefusal, KEY_ENDED, keptKey, type Session, SessionProvider, signIn } from './session.ts'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

type State =
  | { is: 'entering' }
  | { is: 'out'; because?: string | undefined }
  | { is: 'unanswered'; error: unknown }
  | { is: 'in'; session: Session }

export function App() {
  const place = useCurrentPlace()
  const [state, setState] = useState<State>(() => (keptKey() === null ? { is: 'out' } : { is: 'entering' }))

  const enter = async (key: string) => {
    const session = await signIn(key, (because) => setState({ is: 'out', because }))
    setState({ is: 'in', session })
  }
  const enterAgain = () => {
    const key = keptKey()
    if (key === null) return
    setState({ is: 'entering' })
    enter(key).catch((error: unknown) =>
      setState(isRefusal(error) ? { is: 'out', because: KEY_ENDED } : { is: 'unanswered', error }),
    )
  }
  useEffect(enterAgain, [])

  if (state.is === 'entering') return null
  if (state.is === 'unanswered') {
    return (
      <div class="sign-in">
        <main>
          <h1>
            <Brand />
          </h1>
          <Failure error={state.error} retry={enterAgain} />
        </main>
      </div>
    )
  }
  if (state.is === 'out') return <SignIn because={state.because} onKey={enter} />
  return (
    <PlaceProvider value={place}>
      <SessionProvider value={state.session}>
        <NoticesProvider>
          <Shell>
            <Pages />
          </Shell>
        </NoticesProvider>
      </SessionProvider>
    </PlaceProvider>
  )
}
