import { useState } from 'preact/hooks'
import { useLoaded } from '../loading.ts'
import { useNotices } from '../notices.tsx'
import { Empty } from '../parts/empty.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import '../parts/object-line.css'
import { Part } from '../parts/part.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { CreateEndpointForm } from '../webhooks/form.tsx'
import { eventTypesText, Health } from '../webhooks/health.tsx'
import { Secret } from '../webhooks/secret.tsx'

/** Where events are sent, and whether they arrive. */
export function WebhooksPage() {
  const { handset, key } = useSession()
  const { notify } = useNotices()
  const [isAdding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const [loaded] = useLoaded(
    async (signal) => await handset.webhookEndpoints.list({ limit: 50 }, { signal }),
    [handset],
  )
  return (
    <>
      <Heading title="Webhooks">
        {key.role === 'admin' && !isAdding && (
          <button type="button" class="button button-main" onClick={() => setAdding(true)}>
            Add a webhook
          </button>
        )}
      </Heading>
      <p class="lead">Addresses that receive every event as it happens, signed.</p>
      {secret !== null && <Secret secret={secret} />}
      {isAdding && (
        <Part title="Add a webhook">
          <CreateEndpointForm
            onCancel={() => setAdding(false)}
            onCreated={({ id, secret }) => {
              setAdding(false)
              setSecret(secret)
              notify('Added.', () => handset.webhookEndpoints.delete(id))
            }}
          />
        </Part>
      )}
      <WhenLoaded loaded={loaded}>
        {({ items }) =>
          items.length === 0 ? (
            !isAdding && <Empty title="There are no webhooks yet." />
          ) : (
            <Part title="All webhooks">
              <ul class="object-list">
                {items.map((endpoint) => (
                  <li key={endpoint.id}>
                    <div class="object-line">
                      <Icon name="webhook" />
                      <span>
                        <a href={hrefOf(`/webhooks/${endpoint.id}`)}>{endpoint.url}</a>
                        <span class="quiet">
                          {endpoint.description !== null && `${endpoint.description} · `}
                          {eventTypesText(endpoint)}
                        </span>
                      </span>
                    </div>
                    <Health of={endpoint} />
                  </li>
                ))}
              </ul>
            </Part>
          )
        }
      </WhenLoaded>
    </>
  )
}
