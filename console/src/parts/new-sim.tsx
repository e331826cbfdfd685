import type { CreateSim, Sim } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { readIdentifier } from '../identifier.ts'
import { useAction } from '../loading.ts'
import { isToldAt, problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { ChoiceField, TextField } from './field.tsx'
import { Failure } from './states.tsx'

/** Makes a SIM; `onCreated` goes on with it, and what fails there is shown here too. */
export function CreateSimForm({
  iccid: firstIccid = '',
  submitLabel,
  onCreated,
}: {
  iccid?: string
  submitLabel: string
  onCreated: (sim: Sim) => Promise<void>
}) {
  const { handset } = useSession()
  const [typed, setTyped] = useState(firstIccid)
  const [type, setType] = useState<NonNullable<CreateSim['type']>>('eSIM')
  const [provider, setProvider] = useState('p1')
  const action = useAction()
  return (
    <form
      noValidate
      class="sub-form"
      onSubmit={(event) => {
        event.preventDefault()
        const reading = readIdentifier(typed)
        const iccid = reading.kind === 'iccid' ? reading.iccid : typed.trim()
        action.run(async () => onCreated(await handset.sims.create({ iccid, type, provider })))
      }}
    >
      <TextField
        label="ICCID"
        inputMode="numeric"
        class="numeric"
        hint="19 or 20 digits, printed on the card."
        value={typed}
        problem={problemAt(action.error, 'iccid')}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <div class="side-by-side">
        <ChoiceField
          label="Type"
          value={type}
          onChange={({ currentTarget }) => setType(currentTarget.value as typeof type)}
        >
          <option>eSIM</option>
          <option>pSIM</option>
        </ChoiceField>
        <TextField
          label="Provider"
          value={provider}
          problem={problemAt(action.error, 'provider')}
          onInput={({ currentTarget }) => setProvider(currentTarget.value)}
        />
      </div>
      {action.error !== null && !isToldAt(action.error, ['iccid', 'provider']) && <Failure error={action.error} />}
      <div class="actions">
        <button type="submit" class="button button-main" disabled={action.busy}>
          {submitLabel}
        </button>
      </div>
    </form>
  )
}
