import { nameOfModel } from '../device/name.ts'
import { useLoaded } from '../loading.ts'
import { EsimAnswer } from '../model/answer.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import '../model/line.css'
import { TYPE_NAMES } from '../model/type.ts'
import { Part } from '../parts/part.tsx'
import { RecordPage } from '../parts/record-page.tsx'
import { Id } from '../parts/record-part.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

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
              <Fact name="SIM types">{model.simTypes.length > 0 ? model.simTypes.join(', ') : 'unknown'}</Fact>
              <Fact name="Id">
                <Id id={model.id} />
              </Fact>
            </Facts>
          </Part>
        </RecordPage>
      )}
    </WhenLoaded>
  )
}
