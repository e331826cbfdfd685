/** A number that identifies a phone. */
export interface ImeiReading {
  kind: 'imei'
  /** The 15 digits as given. */
  imei: string
  /** Whether the last digit is the check digit of the first 14. */
  isValid: boolean
  /** The first 14 digits with their check digit. */
  corrected: string
}

export interface ImeisvReading {
  kind: 'imeisv'
  /** The 16 digits as given. */
  imeisv: string
  /** The IMEI of the same phone. */
  imei: string
}

/** An identifier that can be looked up. */
export type Identifier =
  | ImeiReading
  | ImeisvReading
  | { kind: 'iccid'; iccid: string }
  | { kind: 'email'; email: string }
  | { kind: 'id'; path: string }

/** What a person typed or pasted. */
export type Reading =
  | Identifier
  | { kind: 'nothing' }
  /** Several identifiers, such as the two IMEIs of one phone. */
  | { kind: 'several'; found: readonly Identifier[] }
  /** The number of the eSIM chip in a phone. Handset cannot search by it. */
  | { kind: 'eid'; eid: string }
  | { kind: 'phone-number'; text: string }
  /** Too few or too many digits. */
  | { kind: 'digits'; digits: string }
  | { kind: 'text'; text: string }
