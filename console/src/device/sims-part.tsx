import type { Device, Sim, UpdateDevice } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { bareText } from '../identifier/read.ts'
import { useAction } from '../loading.ts'
import { OpenButton, useDisclosure } from '../parts/disclosure.tsx'
import { EscapeArea, Form } from '../parts/form.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { NumberField } from '../parts/number-field.tsx'
import { Part } from '../parts/part.tsx'
import { problemAt } from '../problems.ts'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { CreateSimForm } from '../sim/create-form.tsx'
import { SimLine } from '../sim/line.tsx'
import type { Change } from '../use-change.ts'
import { nameOf } from './name.ts'

/** The SIMs in a device, with the form that attaches another. */
export function SimsPart({ device, change }: { device: Device; change: Change<UpdateDevice> }) {
  const ids = device.sims.map(({ id }) => id)
  const attaching = useDisclosure(ids.join())
  const attach = async (sim: Sim) => {
    await change({ sims: [...ids, sim.id] }, 'SIM attached.', { sims: ids })
    attaching.close()
  }
  return (
    <Part title="SIMs" action={!attaching.isOpen && <OpenButton disclosure={attaching}>Attach a SIM</OpenButton>}>
      {device.sims.length === 0 && !attaching.isOpen && <p class="quiet">This device has no SIM.</p>}
      {device.sims.length > 0 && (
        <ul class="sims">
          {device.sims.map((sim) => (
            <li key={sim.id}>
              <SimLine sim={sim} />
              <InlineAction
                label="Detach"
                detail={sim.iccid}
                run={() => change({ sims: ids.filter((id) => id !== sim.id) }, 'SIM detached.', { sims: ids })}
              />
            </li>
          ))}
        </ul>
      )}
      {attaching.isOpen && <AttachForm attach={attach} onCancel={attaching.close} />}
    </Part>
  )
}

function AttachForm({ attach, onCancel }: { attach: (sim: Sim) => Promise<void>; onCancel: () => void }) {
  const { handset } = useSession()
  const [typed, setTyped] = useState('')
  const [unknown, setUnknown] = useState<string | null>(null)
  const [holder, setHolder] = useState<Device | null>(null)
  const action = useAction()
  const problem = problemAt(action.error, 'iccid') ?? problemAt(action.error, 'sims')

  const find = async () => {
    setUnknown(null)
    setHolder(null)
    const iccid = bareText(typed)
    const [sim] = (await handset.sims.search({ iccid })).items
    if (sim === undefined) return setUnknown(iccid)
    try {
      await attach(sim)
    } catch (error) {
      const { items } = await handset.devices.list({ sim: sim.id, limit: 1 })
      setHolder(items[0] ?? null)
      throw error
    }
  }

  return (
    <EscapeArea onEscape={onCancel}>
      <Form
        action={action}
        isSecondary={unknown !== null}
        fields={['iccid', 'sims']}
        submit="Attach"
        onSubmit={find}
        onCancel={onCancel}
      >
        <NumberField
          label="ICCID of the SIM"
          kinds={['iccid']}
          value={typed}
          autofocus
          problem={problem ?? (unknown === null ? null : `There is no SIM ${unknown}.`)}
          after={
            holder !== null && (
              <p>
                It is in <a href={hrefOf(`/devices/${holder.id}`)}>{nameOf(holder)}</a>.
              </p>
            )
          }
          onValue={setTyped}
        />
      </Form>
      {unknown !== null && (
        <CreateSimForm key={unknown} iccid={unknown} submitLabel="Create the SIM and attach" onCreated={attach} />
      )}
    </EscapeArea>
  )
}
