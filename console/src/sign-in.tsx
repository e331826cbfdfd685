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

interface Props {
  /** Why the last session ended. */
  reason?: string | undefined
  onKey: (secret: { key: string }, options: { remember: boolean }) => Promise<void>
  /** Goes back to the project that is open, if one is. */
  onCancel?: () => void
}

/** Asks for a key. */
export function SignIn({ reason, onKey, onCancel }: Props) {
  const [key, setKey] = useState('')
  const [isShown, setShown] = useState(false)
  const [remember, setRemember] = useState(false)
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
        <h1>{onCancel === undefined ? 'Sign in' : 'Sign in to another project'}</h1>
        {reason !== undefined && problem === null && (
          <p class="caution" role="status">
            {reason}
          </p>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault()
            action.run(() => onKey({ key: key.trim() }, { remember }))
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
                It starts with <code>hsk_</code>. Whoever runs the server can create one:{' '}
                <code class="key-command">
                  npx handset keys create <span>--project demo</span> <span>--name "Support desk"</span>{' '}
                  <span>--role editor</span>
                </code>
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
          <label class="check">
            <input
              type="checkbox"
              checked={remember}
              onChange={({ currentTarget }) => setRemember(currentTarget.checked)}
            />
            Stay signed in when the browser closes
          </label>
          <div class="actions">
            {onCancel !== undefined && (
              <button type="button" class="button" onClick={onCancel}>
                Cancel
              </button>
            )}
            <button type="submit" class="button button-main" disabled={action.busy}>
              Sign in
            </button>
          </div>
        </form>
        <p class="quiet">
          The key is sent to this server and stored nowhere in the browser. You are signed out after 8 hours without
          activity, and after 7 days.
        </p>
      </main>
    </div>
  )
}
