import type { CreateSim, Sim } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { bareText } from '../identifier/read.ts'
import { useAction } from '../loading.ts'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { NumberField } from '../parts/number-field.tsx'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'

/** Creates a SIM and passes it to `onCreated`. An error that `onCreated` throws is shown in the form too. */
export function CreateSimForm({
  iccid: firstIccid = '',
  submitLabel,
  autofocus = false,
  onCreated,
}: {
  iccid?: string
  submitLabel: string
  autofocus?: boolean
  onCreated: (sim: Sim) => Promise<void>
}) {
  const { handset } = useSession()
  const [typed, setTyped] = useState(firstIccid)
  const [type, setType] = useState<NonNullable<CreateSim['type']>>('eSIM')
  const [provider, setProvider] = useState('p1')
  const action = useAction()
  return (
    <Form
      action={action}
      class="sub-form"
      fields={['iccid', 'provider']}
      submit={submitLabel}
      onSubmit={async () => onCreated(await handset.sims.create({ iccid: bareText(typed), type, provider }))}
    >
      <NumberField
        label="ICCID"
        kinds={['iccid']}
        hint="19 or 20 digits, printed on the card."
        value={typed}
        autofocus={autofocus}
        problem={problemAt(action.error, 'iccid')}
        onValue={setTyped}
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
    </Form>
  )
}
