import type { CreateSim, Sim } from '@handset/sdk'
import { useDraft } from '../drafts.ts'
import { Existing } from '../find/existing.tsx'
import { bareText } from '../identifier/read.ts'
import { useAction } from '../loading.ts'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { NumberField } from '../parts/number-field.tsx'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { SIM_TYPE_NAMES, SIM_TYPES } from './type-names.ts'

interface Draft {
  typed: string
  type: NonNullable<CreateSim['type']>
  provider: string
}

/** Creates a SIM and passes it to `onCreated`. An error that `onCreated` throws is shown in the form too. */
export function CreateSimForm({
  iccid: firstIccid = '',
  submitLabel,
  isPage = false,
  onCreated,
}: {
  iccid?: string
  submitLabel: string
  /** Whether the form is a page of its own, which keeps a draft. */
  isPage?: boolean
  onCreated: (sim: Sim) => Promise<void>
}) {
  const { handset } = useSession()
  const [{ typed, type, provider }, change, endDraft] = useDraft<Draft>(
    { typed: firstIccid, type: 'eSIM', provider: 'p1' },
    isPage,
  )
  const action = useAction()
  return (
    <Form
      action={action}
      class="sub-form"
      fields={['iccid', 'provider']}
      submit={submitLabel}
      isDraft={isPage}
      onSubmit={async () => {
        const sim = await handset.sims.create({ iccid: bareText(typed), type, provider })
        endDraft()
        await onCreated(sim)
      }}
    >
      <NumberField
        label="ICCID"
        kinds={['iccid']}
        hint="19 or 20 digits, printed on the card."
        value={typed}
        autofocus={isPage}
        problem={problemAt(action.error, 'iccid')}
        after={<Existing error={action.error} code="simAlreadyExists" kind="sim" text={typed} />}
        onValue={(typed) => change({ typed })}
      />
      <div class="side-by-side">
        <ChoiceField
          label="Type"
          value={type}
          onChange={({ currentTarget }) => change({ type: currentTarget.value as typeof type })}
        >
          {SIM_TYPES.map((type) => (
            <option key={type} value={type}>
              {SIM_TYPE_NAMES[type]}
            </option>
          ))}
        </ChoiceField>
        <TextField
          label="Provider"
          value={provider}
          problem={problemAt(action.error, 'provider')}
          onInput={({ currentTarget }) => change({ provider: currentTarget.value })}
        />
      </div>
    </Form>
  )
}
