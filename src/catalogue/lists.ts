import type { Queries } from '../db/port.ts'

/** A public TAC database that Handset can fetch by name. */
export interface PublicList {
  title: string
  address: string
  licence: string
  /** About how many TACs it has. */
  tacs: number
}

/** The public lists, by the name of their format. */
export const PUBLIC_LISTS = {
  osmocom: {
    title: 'The Osmocom TAC database',
    address: 'http://tacdb.osmocom.org/export/tacdb.csv',
    licence: 'CC BY-SA 3.0 (https://creativecommons.org/licenses/by-sa/3.0/)',
    tacs: 22_500,
  },
  samloader: {
    title: 'The TACs and Samsung model codes of SamloaderKotlin',
    address:
      'https://raw.githubusercontent.com/zacharee/SamloaderKotlin/master/common/src/commonMain/moko-resources/files/tacs.csv',
    licence: 'MIT (https://github.com/zacharee/SamloaderKotlin)',
    tacs: 8_400,
  },
} as const satisfies Record<string, PublicList>

export type PublicListName = keyof typeof PUBLIC_LISTS

const COUNT_TACS = 'SELECT COUNT(*) AS tacs FROM tacs'
const FIND_OF_SOURCE = 'SELECT tac FROM tacs WHERE source = $1 LIMIT 1'

export function isPublicList(name: string): name is PublicListName {
  return Object.hasOwn(PUBLIC_LISTS, name)
}

/** The number of TACs in the catalogue. */
export async function countTacs(db: Pick<Queries, 'get'>): Promise<number> {
  return Number((await db.get<{ tacs: number }>(COUNT_TACS))?.tacs)
}

/** Whether a source names the model of any TAC. */
export async function hasSource(db: Pick<Queries, 'get'>, source: string): Promise<boolean> {
  return (await db.get(FIND_OF_SOURCE, [source])) !== undefined
}

/** The largest public list, unless the catalogue has it already. */
export async function suggestList(db: Pick<Queries, 'get'>): Promise<PublicListName | undefined> {
  return (await hasSource(db, 'osmocom')) ? undefined : 'osmocom'
}
