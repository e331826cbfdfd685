import { Fragment } from 'preact'
import { CopyButton } from './copy-button.tsx'
import './digits.css'

/** Reporting body, rest of the TAC, serial number, check digit or software version (3GPP TS 23.003 §6.2). */
const IMEI_GROUPS = [2, 6, 6, 2]
const ICCID_GROUPS = [4, 4, 4, 4, 4]

interface NumberProps {
  number: string
  /** Whether to show a button that copies the number. */
  copy?: boolean
}

/** An IMEI or IMEISV in groups, for reading aloud. It is copied without spaces. */
export function Imei({ number, copy = false }: NumberProps) {
  return <Digits number={number} groups={IMEI_GROUPS} name="IMEI" copy={copy} />
}

/** An ICCID in groups, for reading aloud. It is copied without spaces. */
export function Iccid({ number, copy = false }: NumberProps) {
  return <Digits number={number} groups={ICCID_GROUPS} name="ICCID" copy={copy} />
}

function Digits({ number, groups, name, copy }: Required<NumberProps> & { groups: readonly number[]; name: string }) {
  // The gaps are styles, so that a selection is copied without spaces.
  const digits = (
    <span class="digits">
      {split(number, groups).map((group, position) => (
        <Fragment key={position}>
          {position > 0 && <wbr />}
          <span>{group}</span>
        </Fragment>
      ))}
    </span>
  )
  if (!copy) return digits
  return (
    <span class="copyable">
      {digits}
      <CopyButton text={number} what={name} />
    </span>
  )
}

function split(number: string, groups: readonly number[]): string[] {
  let start = 0
  return groups.flatMap((length) => {
    const group = number.slice(start, start + length)
    start += length
    return group === '' ? [] : [group]
  })
}
