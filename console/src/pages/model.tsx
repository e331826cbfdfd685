import type { Device, DeviceModel } from '@handset/sdk'
import { DeviceLines } from '../device/line.tsx'
import { nameOfModel } from '../device/name.ts'
import { useLoaded } from '../loading.ts'
import { EsimAnswer } from '../model/answer.tsx'
import { EsimMark } from '../model/esim.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import '../model/line.css'
import { TYPE_NAMES } from '../model/type.ts'
import '../parts/object-line.css'
import { Part } from '../parts/part.tsx'
import { RecordPage } from '../parts/record-page.tsx'
import { Id } from '../parts/record-part.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { SIM_TYPE_NAMES } from '../sim/type-names.ts'

/** How many devices are shown. The list shows the rest. */
const SHOWN = 10

export function ModelPage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded] = useLoaded((signal) => handset.deviceModels.retrieve(id, { signal }), [handset, id])
  return (
    <WhenLoaded loaded={loaded} title="Model">
      {(model) => (
        <RecordPage
          head={
            <>
              <Heading title={nameOfModel(model)} />
              <p class="model-line">
                <Icon name={model.type} />
                <span>{TYPE_NAMES[model.type]}</span>
              </p>
              <EsimAnswer of={{ model: model.id }} />
            </>
          }
        >
          <Part title="In the catalogue">
            <Facts>
              <Fact name="Brand">
                <a href={hrefOf('/models', { brand: model.brand })}>{model.brand}</a>
              </Fact>
              <Fact name="SIM types">{simTypesOf(model)}</Fact>
              <Fact name="Id">
                <Id id={model.id} />
              </Fact>
            </Facts>
          </Part>
          <VariantsPart model={model} />
          <DevicesPart model={model} />
        </RecordPage>
      )}
    </WhenLoaded>
  )
}

function simTypesOf({ simTypes }: DeviceModel): string {
  return simTypes.length === 0 ? 'unknown' : simTypes.map((type) => SIM_TYPE_NAMES[type]).join(', ')
}

/** Models of the same name, which take different SIM types. */
function VariantsPart({ model }: { model: DeviceModel }) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => {
      const { items } = await handset.deviceModels.list({ q: model.name, brand: [model.brand], limit: 50 }, { signal })
      return items.filter(({ id, name }) => id !== model.id && name === model.name)
    },
    [handset, model.id],
  )
  return (
    <Part title="Other variants">
      <WhenLoaded loaded={loaded}>
        {(variants) =>
          variants.length === 0 ? (
            <p class="quiet">None in the catalogue.</p>
          ) : (
            <ul class="object-list">
              {variants.map((variant) => (
                <li key={variant.id}>
                  <a href={hrefOf(`/models/${variant.id}`)}>{nameOfModel(variant)}</a>
                  <span class="quiet esim-note">
                    eSIM <EsimMark model={variant} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
    </Part>
  )
}

/** Shows how many devices a model has, the newest of them, and their TACs. */
function DevicesPart({ model }: { model: DeviceModel }) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => {
      const [{ items, moreItemsAfter }, { models }] = await Promise.all([
        handset.devices.list({ model: model.id, limit: SHOWN }, { signal }),
        handset.devices.statistics({ signal }),
      ])
      const count = models.find((counted) => counted.model?.id === model.id)?.devices
      return { items, count: moreItemsAfter === null ? items.length : count }
    },
    [handset, model.id],
  )
  return (
    <Part title="Devices" wide action={<a href={hrefOf('/devices', { model: model.id })}>All devices of this model</a>}>
      <WhenLoaded loaded={loaded}>
        {({ items, count }) => (
          <>
            {items.length > 0 && (
              <p class="quiet part-note">
                {count !== undefined && `${count.toLocaleString()} registered. `}
                TACs of the newest: {tacsOf(items).join(', ')}
              </p>
            )}
            <DeviceLines devices={items} none={<p class="quiet">No device of this model is registered.</p>} />
          </>
        )}
      </WhenLoaded>
    </Part>
  )
}

function tacsOf(devices: readonly Device[]): string[] {
  return [...new Set(devices.flatMap(({ imei }) => (imei === null ? [] : [imei.slice(0, 8)])))]
}
