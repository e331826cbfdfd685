import { CopyButton } from './copy-button.tsx'

/** TAC in the reporting body and the rest, serial number, check digit or software version (3GPP TS 23.003 §6.2). */
const IMEI_GROUPS = [2, 6, 6, 2]
const ICCID_GROUPS = [4, 4, 4, 4, 4]

interface Numbered {
  number: string
  /** Whether a button beside it copies it. */
  copy?: boolean
}

/** An IMEI or IMEISV in groups that can be read out, and copied without spaces. */
export function Imei({ number, copy = false }: Numbered) {
  return <Digits number={number} groups={IMEI_GROUPS} name="IMEI" copy={copy} />
}

/** An ICCID in groups that can be read out, and copied without spaces. */
export function Iccid({ number, copy = false }: Numbered) {
  return <Digits number={number} groups={ICCID_GROUPS} name="ICCID" copy={copy} />
}

function Digits({ number, groups, name, copy }: Required<Numbered> & { groups: readonly number[]; name: string }) {
  // The gaps are drawn, not written: what is selected and copied has none.
  const digits = (
    <span class="digits">
      {split(number, groups).map((group, position) => (
        <span key={position}>{group}</span>
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
