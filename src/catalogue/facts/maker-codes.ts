/** A maker's own codes for its phones, with the codes of variants: each identifies a phone, but no customer knows it. */
const CODES: Readonly<Record<string, RegExp>> = {
  Apple: /A[1-3]\d{3}/,
  Google: /G[0-9A-Z]{2}[0-9][A-Z]/,
  HMD: /TA-\d{4}/,
  Honor: /[A-Z]{3}-[A-Z]{1,2}\d{1,2}[A-Z]?/,
  Huawei: /[A-Z]{3}-[A-Z]{1,2}\d{1,2}[A-Z]?/,
  Infinix: /X6\d{2,3}[A-Z]?/,
  LG: /LM-[A-Z]\d{3}[A-Z0-9]*/,
  Motorola: /XT\d{4}(?:-\d{1,2})?/,
  Nokia: /TA-\d{4}/,
  OnePlus: /(?:A|AC|BE|CPH|DN|EB|GM|GN|HD|IN|KB|LE|NE)\d{4}/,
  Oppo: /CPH\d{4}/,
  Realme: /RMX\d{4}/,
  Samsung:
    /(?:SM-[A-Z]\d{3}|(?:GT|SGH|SCH|SPH|SHV|SHW|EK)-[A-Z]+\d{3,4}|SC[A-Z-]+\d{2,3}[A-Z]?|404SC)[A-Z0-9]*(?:\/[A-Z]+)?(?: \(SIM ?\d\))?/,
  Vivo: /V[12]\d{3}[A-Z]*/,
  Xiaomi: /M\d{4}[A-Z]\d{1,2}[A-Z]{1,3}|2\d{4,7}[A-Z0-9]{2,6}/,
}

/** Names that a code may stand in front of. */
const FAMILY = '(?:Galaxy|Moto|Redmi|Poco|Xperia|iPhone) '

export const MAKER_CODE_FACTS = [CODES, FAMILY]

const whole = compile((code) => `^(?:OnePlus )?(?:${code})$`)
const behind = compile((code) => `^(?!OnePlus ${code}$)(.*[^\\s([,]),? [([]?(${code})[)\\]]?$`)
const before = compile((code) => `^(${code})[ ,]+(?=${FAMILY})(.+)$`)

/** Whether a name is only a code of its maker. */
export function isMakerCode(brand: string, name: string): boolean {
  return whole.get(brand)?.test(name) ?? false
}

/**
 * Separates a name from the maker's codes beside it: `Galaxy S24 [SM-S921B]`. `code` is the code if there is exactly one.
 */
export function separateCodes(brand: string, text: string): { name: string; code?: string } {
  const codes: string[] = []
  let name = text
  for (;;) {
    const [, first, second] = behind.get(brand)?.exec(name) ?? []
    if (first === undefined || second === undefined || isMakerCode(brand, first)) break
    name = first
    codes.push(second)
  }
  const [, code, rest] = before.get(brand)?.exec(name) ?? []
  if (code !== undefined && rest !== undefined) {
    name = rest
    codes.push(code)
  }
  return codes.length === 1 && codes[0] !== undefined ? { name, code: codes[0] } : { name }
}

function compile(toSource: (code: string) => string): Map<string, RegExp> {
  return new Map(Object.entries(CODES).map(([brand, code]) => [brand, new RegExp(toSource(code.source), 'i')]))
}
