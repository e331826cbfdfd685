import { useState } from 'preact/hooks'
import { useAction } from './loading.ts'
import { Brand } from './parts/brand.tsx'
import { TextField } from './parts/field.tsx'
import { tell } from './problems.ts'
import { ThemeButton } from './theme.tsx'
import { useTitle } from './title.ts'

/** Asks for a key. `because` says why, where a session has ended. */
export function SignIn({ because, onKey }: { because: string | undefined; onKey: (key: string) => Promise<void> }) {
  const [key, setKey] = useState('')
  const [isShown, setShown] = useState(false)
  const action = useAction()
  useTitle('Sign in')
  const telling = action.error === null ? null : tell(action.error)
  return (
    <div class="sign-in">
      <main>
        <div class="sign-in-head">
          <Brand />
          <ThemeButton />
        </div>
        <h1>Sign in</h1>
        {because !== undefined && telling === null && (
          <p class="caution" role="status">
            {because}
          </p>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault()
            action.run(() => onKey(key.trim()))
          }}
        >
          <TextField
            label="API key"
            type={isShown ? 'text' : 'password'}
            class="key"
            autofocus
            required
            hint={
              <>
                It begins with <code>hsk_</code>. The first start of Handset printed one;{' '}
                <code class="whole">handset keys create</code> makes another.
              </>
            }
            value={key}
            problem={telling && [telling.message, telling.hint].filter(Boolean).join('. ')}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={isShown}
              onChange={({ currentTarget }) => setShown(currentTarget.checked)}
            />
            Show the key
          </label>
          <div class="actions">
            <button type="submit" class="button button-main" disabled={action.busy}>
              Sign in
            </button>
          </div>
        </form>
        <p class="quiet">The key is kept for this tab only, and goes to this server and nowhere else.</p>
      </main>
    </div>
  )
}
