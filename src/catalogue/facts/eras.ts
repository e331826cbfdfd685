import { EARLY_PHONE_RULES } from './early-phone-rules.ts'
import { createFinder, type Rule } from './rule.ts'

/** Families with a new number each year, from which the year of a phone follows. */
const NUMBERED: readonly { brand: string; name: RegExp; toYear: (number: number) => number }[] = [
  { brand: 'Apple', name: /^iPhone (1[1-9])\b/, toYear: (number) => 2008 + number },
  { brand: 'Apple', name: /^iPhone ([4-8])/, toYear: (number) => [2010, 2012, 2014, 2016, 2017][number - 4] as number },
  { brand: 'Samsung', name: /^Galaxy S([2-4]\d)\b/, toYear: (number) => 2000 + number },
  { brand: 'Samsung', name: /^Galaxy S(\d|10)(?!\d)/, toYear: (number) => 2009 + number },
  {
    brand: 'Samsung',
    name: /^Galaxy Note([2-9]|10|20)(?!\d)/,
    toYear: (number) => (number === 20 ? 2020 : 2009 + number),
  },
  { brand: 'Samsung', name: /^Galaxy [AFM][0-9]([0-9])/, toYear: (number) => 2019 + number },
  { brand: 'Google', name: /^Pixel ([2-9]|1[0-9])\b/, toYear: (number) => 2015 + number },
  { brand: 'Xiaomi', name: /^1([1-7])\b/, toYear: (number) => 2020 + number },
]

/** The first rule that matches applies. From general knowledge. */
const ERAS: readonly Rule<number>[] = [
  { brand: 'Apple', name: /^iPhone (?:X|Air\b|SE \()/, value: 2018, reason: 'iPhone X to Air are from 2016 to 2025' },
  {
    brand: 'Samsung',
    name: /^Galaxy (?:Z|Fold|Tab [AS]\d|Watch)/,
    value: 2020,
    reason: 'these families are from 2018 on',
  },
  { brand: 'Xiaomi', name: /^(?:Redmi|Poco)\b/, value: 2019, reason: 'Redmi and Poco are from 2013 on' },
  {
    brand: 'Nokia',
    name: /^(?:3210|3310|5310|5710|6300 4G|6310|2660|2720|2760|2780|8000|8110|8210)\b/,
    value: null,
    reason: 'numbers that were reused',
  },
  ...[
    'BenQ-Siemens',
    'Dancall Telecom',
    'Handspring',
    'Sagem',
    'Siemens',
    'AEG Mobile Comms',
    'Sony Ericsson',
    'Ericsson',
  ].map((brand): Rule<number> => ({ brand, name: /^/, value: 2003, reason: `${brand} made its phones before 2012` })),
  ...EARLY_PHONE_RULES.filter(({ brand, value }) => value === 'feature-phone' && brand !== 'Nokia').map(
    ({ brand, name, reason }): Rule<number> => ({ ...(brand ? { brand } : {}), name, value: 2003, reason }),
  ),
  {
    brand: 'Nokia',
    name: /^\d{4}[a-z]{0,2}$/,
    value: 2003,
    reason: 'Nokia numbered its phones with four digits until 2011',
  },
]

const findEra = createFinder(ERAS)

/** About when a phone was new, by its name, or null if its name does not say. */
export function yearOf(brand: string, name: string): number | null {
  for (const { brand: of, name: pattern, toYear } of NUMBERED) {
    const number = of === brand ? pattern.exec(name)?.[1] : undefined
    if (number !== undefined) return toYear(Number(number))
  }
  return findEra(brand, name)?.value ?? null
}
