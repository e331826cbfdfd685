import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { countTacs, PUBLIC_LISTS, type PublicList, type PublicListName, suggestList } from '../catalogue/lists.ts'
import type { Queries } from '../db/port.ts'
import { SetupError } from '../errors.ts'
import { type Input, openInput } from './input.ts'
import { COMMAND, count } from './print.ts'

/**
 * Shows the address and the licence of a public list, and asks whether to fetch it, unless the user has agreed already.
 * `from` is another place that has the list. Throws `SetupError` if there is no terminal to ask at.
 */
export async function agreesTo(name: PublicListName, from: string | undefined, yes: boolean): Promise<boolean> {
  const { title, address, licence, tacs }: PublicList = PUBLIC_LISTS[name]
  process.stderr.write(`${title}, about ${count(tacs)} TACs\n  address  ${from ?? address}\n  licence  ${licence}\n`)
  return yes || ask('Fetch it under this licence? [y/N] ')
}

/** Opens a public list. Throws `SetupError` if it cannot be read, with advice for a machine without a network. */
export async function openPublicList(name: PublicListName, from: string | undefined): Promise<Input> {
  try {
    return await openInput(from ?? PUBLIC_LISTS[name].address)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    throw new SetupError(
      `${error.message}. Without a network: download the list on another machine, copy the file to this one, and run ${COMMAND} catalogue import FILE`,
    )
  }
}

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new SetupError('There is no terminal to ask at. Add --yes to accept the licence and fetch the list')
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    // Ctrl-C and Ctrl-D close the terminal, and mean no.
    const closed = once(terminal, 'close').then(() => 'no')
    const answer = await Promise.race([terminal.question(question).catch(() => 'no'), closed])
    return /^y(?:es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}

/** Recommends the largest public list to a store that does not have it yet. */
export async function adviseList(db: Pick<Queries, 'get'>): Promise<string | undefined> {
  const name = await suggestList(db)
  if (name === undefined) return undefined
  const [known, more] = [await countTacs(db), PUBLIC_LISTS[name].tacs]
  return `${count(known)} TACs known; one command adds about ${count(more)}: ${COMMAND} catalogue import ${name}`
}
