import { useState } from 'preact/hooks'
import { useAction } from './loading.ts'
import { Brand } from './parts/brand.tsx'
import { TextField } from './parts/field.tsx'
import { describeError } from './problems.ts'
import { ThemeButton } from './theme.tsx'
import './parts/caution.css'
import './parts/form.css'
import './sign-in.css'
import { useTitle } from './title.ts'

/** Asks for a key. `reason` says why the last session ended. */
export function SignIn({ reason, onKey }: { reason: string | undefined; onKey: (key: string) => Promise<void> }) {
  const [key, setKey] = useState('')
  const [isShown, setShown] = useState(false)
  const action = useAction()
  useTitle('Sign in')
  const problem = action.error === null ? null : describeError(action.error)
  return (
    <div class="sign-in">
      <main>
        <div class="sign-in-head">
          <Brand />
          <ThemeButton />
        </div>
        <h1>Sign in</h1>
        {reason !== undefined && problem === null && (
          <p class="caution" role="status">
            {reason}
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
                It starts with <code>hsk_</code>. Handset prints one when it starts for the first time. To create
                another, run <code class="whole">handset keys create</code>.
              </>
            }
            value={key}
            problem={problem?.message}
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
        <p class="quiet">The key is stored for this tab only. It is sent to this server and to no other.</p>
      </main>
    </div>
  )
}
