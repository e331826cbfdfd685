import { useLoaded } from '../loading.ts'
import { nameOfModel } from '../parts/device-lines.tsx'
import { EsimVerdict } from '../parts/esim.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { Id } from '../parts/record.tsx'
import { Shown } from '../parts/states.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

export function ModelPage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded] = useLoaded((signal) => handset.deviceModels.retrieve(id, { signal }), [handset, id])
  return (
    <Shown of={loaded} title="Model">
      {(model) => (
        <article class="device">
          <header class="device-head">
            <Heading title={nameOfModel(model)} />
            <p class="model-line">
              <Icon name={model.type} />
              <span>{model.type}</span>
            </p>
            <EsimVerdict model={model} />
          </header>
          <div class="parts">
            <section class="part" aria-labelledby="about">
              <header class="part-head">
                <h2 id="about">In the catalogue</h2>
              </header>
              <dl class="facts">
                <div>
                  <dt>Brand</dt>
                  <dd>
                    <a href={hrefOf('/models', { brand: model.brand })}>{model.brand}</a>
                  </dd>
                </div>
                <div>
                  <dt>Takes</dt>
                  <dd>{model.simTypes.length > 0 ? model.simTypes.join(', ') : 'unknown'}</dd>
                </div>
                <div>
                  <dt>Id</dt>
                  <dd>
                    <Id id={model.id} />
                  </dd>
                </div>
              </dl>
            </section>
          </div>
        </article>
      )}
    </Shown>
  )
}
