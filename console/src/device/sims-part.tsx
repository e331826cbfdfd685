import type { Device, Sim, UpdateDevice } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { Picker } from '../find/picker.tsx'
import { bareText } from '../identifier/read.ts'
import { useAction } from '../loading.ts'
import { OpenButton, useDisclosure } from '../parts/disclosure.tsx'
import { EscapeArea, Form } from '../parts/form.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { Part } from '../parts/part.tsx'
import { hasCode, problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { CreateSimForm } from '../sim/create-form.tsx'
import { SimLine } from '../sim/line.tsx'
import { MoveHere } from '../task/move-here.tsx'
import { putBack } from '../task/undo.ts'
import type { Change } from '../use-change.ts'

/** The SIMs in a device, with the form that attaches another. */
export function SimsPart({ device, change }: { device: Device; change: Change<UpdateDevice> }) {
  const { handset } = useSession()
  const ids = device.sims.map(({ id }) => id)
  const attaching = useDisclosure(ids.join())
  const attach = async (sim: Sim) => {
    await change({ sims: [...ids, sim.id] }, 'SIM attached.', { sims: ids })
    attaching.close()
  }
  const move = async (sim: Sim, holder: Device) => {
    await change({ sims: [...ids, sim.id], moveSims: true }, 'SIM moved here.', () => putBack(handset, holder))
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
                label="Take out"
                detail={sim.iccid}
                run={() => change({ sims: ids.filter((id) => id !== sim.id) }, 'SIM taken out.', { sims: ids })}
              />
            </li>
          ))}
        </ul>
      )}
      {attaching.isOpen && <AttachForm attach={attach} move={move} onCancel={attaching.close} />}
    </Part>
  )
}

interface AttachFormProps {
  attach: (sim: Sim) => Promise<void>
  move: (sim: Sim, holder: Device) => Promise<void>
  onCancel: () => void
}

function AttachForm({ attach, move, onCancel }: AttachFormProps) {
  const { handset } = useSession()
  const [text, setText] = useState('')
  const [unknown, setUnknown] = useState<string | null>(null)
  const [held, setHeld] = useState<{ sim: Sim; holder: Device } | null>(null)
  const action = useAction()
  const problem = problemAt(action.error, 'iccid') ?? (held === null ? problemAt(action.error, 'sims') : null)

  const choose = async (sim: Sim) => {
    try {
      await attach(sim)
    } catch (error) {
      const [holder] = hasCode(error, 'deviceSimAlreadyUsed')
        ? (await handset.devices.list({ sim: sim.id, limit: 1 })).items
        : []
      if (holder !== undefined) setHeld({ sim, holder })
      throw error
    }
  }
  const find = async () => {
    setUnknown(null)
    const iccid = bareText(text)
    const [sim] = (await handset.sims.search({ iccid })).items
    if (sim === undefined) setUnknown(iccid)
    else await choose(sim)
  }

  return (
    <EscapeArea onEscape={onCancel}>
      <Form
        action={action}
        isSecondary={unknown !== null || held !== null}
        fields={['iccid', 'sims']}
        submit="Attach"
        onSubmit={find}
        onCancel={onCancel}
      >
        <Picker
          kind="sim"
          label="ICCID of the SIM"
          text={text}
          autofocus
          problem={problem ?? (unknown === null ? null : `There is no SIM ${unknown}.`)}
          onText={(text) => {
            setText(text)
            setHeld(null)
          }}
          onPick={({ object }) => action.run(() => choose(object))}
        />
        {held !== null && <MoveHere holder={held.holder} run={() => move(held.sim, held.holder)} />}
      </Form>
      {unknown !== null && (
        <CreateSimForm key={unknown} iccid={unknown} submitLabel="Create the SIM and attach" onCreated={attach} />
      )}
    </EscapeArea>
  )
}
