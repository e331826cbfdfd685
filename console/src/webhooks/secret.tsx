import { CopyButton } from '../parts/copy-button.tsx'
import '../parts/caution.css'
import { Icon } from '../parts/icon.tsx'

/** A new secret, which is shown only this once. */
export function Secret({ secret }: { secret: string }) {
  return (
    <div class="caution" role="status">
      <Icon name="key" />
      <div>
        <p>The secret with which the receiver checks the signatures. It is shown only now: copy it.</p>
        <p class="copyable">
          <code>{secret}</code> <CopyButton text={secret} what="secret" />
        </p>
      </div>
    </div>
  )
}
