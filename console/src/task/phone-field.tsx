import type { Device, DeviceModelCheck } from '@handset/sdk'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { nameOfModel } from '../device/name.ts'
import { COMPARE_IMEI, INVALID_IMEI } from '../error-text.ts'
import { readIdentifier } from '../identifier/read.ts'
import { type Remark, remarkOn } from '../identifier/remark.ts'
import { type Loaded, useLoaded } from '../loading.ts'
import { CheckAnswer } from '../model/answer.tsx'
import { TYPE_NAMES } from '../model/type.ts'
import { Icon } from '../parts/icon.tsx'
import '../parts/object-line.css'
import { NumberField } from '../parts/number-field.tsx'
import { useSession } from '../session.ts'

/** The phone that an IMEI names. */
export interface Phone {
  check: DeviceModelCheck
  /** The device that is registered with this IMEI. */
  device: Device | null
}

/**
 * A field for the IMEI of a phone. Below it are the phone's model and whether it takes an eSIM, as soon as the IMEI is
 * complete. `onPhone` receives the phone, or null until the IMEI is looked up.
 */
export function PhoneField({
  label,
  imei,
  problem,
  after,
  autofocus = false,
  onImei,
  onPhone,
}: {
  label: string
  imei: string
  problem: string | null | undefined
  after?: ComponentChildren
  autofocus?: boolean
  onImei: (imei: string) => void
  onPhone: (phone: Phone | null) => void
}) {
  const reading = readIdentifier(imei)
  const remark = remarkOn(reading)
  // The page knows more about it than the server says.
  const isRejected = problem === INVALID_IMEI && remark.tone === 'doubtful'
  const isComplete = reading.kind === 'imei' || reading.kind === 'imeisv'
  const loaded = usePhone(isComplete ? reading.imei : null)
  const phone = loaded.state === 'ready' ? loaded.value : null
  useEffect(() => onPhone(phone), [phone])
  return (
    <>
      <NumberField
        label={label}
        kinds={['imei', 'imeisv']}
        autofocus={autofocus}
        hint={!isRejected && <Hint remark={remark} />}
        value={imei}
        problem={isRejected ? `${remark.text} ${COMPARE_IMEI}` : problem}
        after={after}
        onValue={onImei}
      />
      {phone !== null && <PhoneAnswer phone={phone} />}
    </>
  )
}

function Hint({ remark: { tone, text } }: { remark: Remark }) {
  if (text === '') return <>Scan or paste it. It is on the box, in the settings, or dial *#06#.</>
  return <span class={`remark-${tone}`}>{text}</span>
}

function usePhone(imei: string | null): Loaded<Phone | null> {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => {
      if (imei === null) return null
      const [check, devices] = await Promise.all([
        handset.deviceModels.check({ imei }, { signal }),
        // A wrong check digit is reported when the form is sent.
        handset.devices.search({ imei }, { signal }).catch(() => ({ items: [] })),
      ])
      return { check, device: devices.items[0] ?? null }
    },
    [handset, imei],
  )
  return loaded
}

function PhoneAnswer({ phone: { check } }: { phone: Phone }) {
  const { model } = check
  return (
    <div class="phone-answer" role="status">
      <p class="object-line">
        <Icon name={model?.type ?? 'question'} />
        <span>
          <strong>{nameOfModel(model)}</strong>
          {model !== null && <span class="quiet">{TYPE_NAMES[model.type]}</span>}
        </span>
      </p>
      <CheckAnswer check={check} />
    </div>
  )
}
