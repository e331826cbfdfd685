import type { NewWebhookEndpoint } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { SUBJECT_NAMES, SUBJECT_TYPES, type Subject } from '../events/event.ts'
import { useAction } from '../loading.ts'
import { TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import './webhooks.css'

const SUBJECTS = Object.keys(SUBJECT_NAMES) as Subject[]

/** Adds an endpoint. `onCreated` receives it with its secret, which is shown only this once. */
export function CreateEndpointForm({
  onCreated,
  onCancel,
}: {
  onCreated: (endpoint: NewWebhookEndpoint) => void
  onCancel: () => void
}) {
  const { handset } = useSession()
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<Subject>>(new Set())
  const action = useAction()
  const toggle = (subject: Subject) => {
    const next = new Set(chosen)
    if (!next.delete(subject)) next.add(subject)
    setChosen(next)
  }
  return (
    <Form
      action={action}
      class="inline-form"
      fields={['url', 'description']}
      submit="Add"
      onCancel={onCancel}
      onSubmit={async () =>
        onCreated(
          await handset.webhookEndpoints.create({
            url: url.trim(),
            description: description.trim() || null,
            eventTypes: [...chosen].map((subject) => SUBJECT_TYPES[subject]),
          }),
        )
      }
    >
      <TextField
        label="Address"
        hint="Handset sends each event there."
        placeholder="https://example.com/webhooks"
        value={url}
        autofocus
        problem={problemAt(action.error, 'url')}
        onInput={({ currentTarget }) => setUrl(currentTarget.value)}
      />
      <TextField
        label="Description (optional)"
        value={description}
        problem={problemAt(action.error, 'description')}
        onInput={({ currentTarget }) => setDescription(currentTarget.value)}
      />
      <fieldset class="choices">
        <legend>Events about (all, if none is chosen)</legend>
        {SUBJECTS.map((subject) => (
          <label key={subject} class="check">
            <input type="checkbox" checked={chosen.has(subject)} onChange={() => toggle(subject)} />
            {SUBJECT_NAMES[subject]}s
          </label>
        ))}
      </fieldset>
    </Form>
  )
}
