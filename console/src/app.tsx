import { useEffect, useState } from 'preact/hooks'
import { NoticesProvider } from './notices.tsx'
import { Pages } from './pages.tsx'
import { PlaceProvider, useCurrentPlace } from './router.ts'
import { keptKey, type Session, SessionProvider, signIn } from './session.ts'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

type State = { is: 'entering' } | { is: 'out'; because?: string | undefined } | { is: 'in'; session: Session }

export function App() {
  const place = useCurrentPlace()
  const [state, setState] = useState<State>(() => (keptKey() === null ? { is: 'out' } : { is: 'entering' }))

  const enter = async (key: string) => {
    const session = await signIn(key, (because) => setState({ is: 'out', because }))
    setState({ is: 'in', session })
  }
  useEffect(() => {
    const key = keptKey()
    if (key !== null) enter(key).catch((error: Error) => setState({ is: 'out', because: error.message }))
  }, [])

  if (state.is === 'entering') return null
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
