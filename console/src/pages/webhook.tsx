import { etagOf, type WebhookEndpoint } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { useLoaded } from '../loading.ts'
import { useNotices } from '../notices.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { Part } from '../parts/part.tsx'
import { RecordPage } from '../parts/record-page.tsx'
import { RecordPart } from '../parts/record-part.tsx'
import { Moment } from '../parts/time.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { useSession } from '../session.ts'
import { DeliveriesPart, TestButton } from '../webhooks/deliveries.tsx'
import { eventTypesText, Health } from '../webhooks/health.tsx'
import { Secret } from '../webhooks/secret.tsx'

const DAY = 86_400_000

export function WebhookPage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded((signal) => handset.webhookEndpoints.retrieve(id, { signal }), [handset, id])
  return (
    <WhenLoaded loaded={loaded} title="Webhook">
      {(endpoint) => <WebhookView endpoint={endpoint} show={show} />}
    </WhenLoaded>
  )
}

function WebhookView({ endpoint, show }: { endpoint: WebhookEndpoint; show: (endpoint: WebhookEndpoint) => void }) {
  const { handset, key } = useSession()
  const [secret, setSecret] = useState<string | null>(null)
  const isAdmin = key.role === 'admin'
  return (
    <RecordPage
      history={{ object: endpoint.id }}
      head={
        <>
          <Heading title={endpoint.url} />
          <p>
            <Health of={endpoint} /> <span class="quiet">{endpoint.description}</span>
          </p>
        </>
      }
      actions={isAdmin && <TestButton endpoint={endpoint} />}
      task={secret !== null && <Secret secret={secret} />}
    >
      <Part title="Settings" action={isAdmin && <Actions endpoint={endpoint} show={show} onSecret={setSecret} />}>
        <Facts>
          <Fact name="Events">{eventTypesText(endpoint)}</Fact>
          {endpoint.failingSince !== null && (
            <Fact name="Failing since">
              <Moment at={endpoint.failingSince} />
            </Fact>
          )}
        </Facts>
      </Part>
      {isAdmin && (
        <RecordPart
          record={endpoint}
          kind="webhook"
          name={endpoint.url}
          nameIs="address"
          list="/webhooks"
          remove={handset.webhookEndpoints.delete}
        >
          It receives nothing any more.
        </RecordPart>
      )}
      <DeliveriesPart endpoint={endpoint} />
    </RecordPage>
  )
}

function sentAgain(count: number): string {
  if (count === 0) return 'Nothing was missed.'
  return count === 1 ? '1 event is sent again.' : `${count.toLocaleString()} events are sent again.`
}

/** Switches an endpoint on or off, makes a new secret, and sends what was missed. */
function Actions({
  endpoint,
  show,
  onSecret,
}: {
  endpoint: WebhookEndpoint
  show: (endpoint: WebhookEndpoint) => void
  onSecret: (secret: string) => void
}) {
  const { handset } = useSession()
  const { notify } = useNotices()
  const { id, status } = endpoint
  const turn = async (to: WebhookEndpoint['status'], ifMatch?: string) =>
    show(await handset.webhookEndpoints.update(id, { status: to }, ifMatch === undefined ? {} : { ifMatch }))
  return (
    <div class="part-actions">
      <InlineAction
        label={status === 'enabled' ? 'Switch off' : 'Switch on'}
        run={async () => {
          await turn(status === 'enabled' ? 'disabled' : 'enabled', etagOf(endpoint))
          notify(status === 'enabled' ? 'Switched off.' : 'Switched on.', () => turn(status))
        }}
      />
      <InlineAction
        label="New secret"
        run={async () => {
          onSecret((await handset.webhookEndpoints.rotate(id)).secret)
          notify('The old secret works for another day.')
        }}
      />
      <InlineAction
        label="Send missed events"
        run={async () => {
          const since = new Date(Date.now() - 7 * DAY).toISOString()
          const failed = await handset.webhookEndpoints.replay(id, { since, only: 'failed' })
          const missing = await handset.webhookEndpoints.replay(id, { since, only: 'missing' })
          const count = failed.deliveries + missing.deliveries
          notify(sentAgain(count))
        }}
      />
    </div>
  )
}
