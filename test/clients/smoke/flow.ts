/** The reference's example: in every catalogue, an Apple iPhone 12 Pro. */
export const IMEI = '492388841798923'
export const LINE = '{"imei":"492388841798931"}\n'

/** What a generated client must be able to do. */
export interface Steps {
  create(): Promise<string | undefined>
  /** With the brands Apple and Samsung, and the types smartphone and tablet. */
  list(): Promise<(string | undefined)[]>
  retrieve(id: string): Promise<string | null | undefined>
  remove(id: string): Promise<unknown>
  /** Imports `LINE`. Absent where the generator cannot send text. */
  importLines?(): Promise<unknown>
}

export async function runFlow({ create, list, retrieve, remove, importLines }: Steps): Promise<void> {
  const id = await create()
  if (id === undefined) throw new Error('no device was created')
  const ids = await list()
  if (ids.length !== 1 || ids[0] !== id) throw new Error(`the list has ${ids.join(', ')}, not ${id}`)
  if ((await retrieve(id)) !== IMEI) throw new Error('the device has another IMEI')
  await remove(id)
  const results = await importLines?.()
  if (results !== undefined && !String(results).includes('"complete":true')) throw new Error(`imported: ${results}`)
}
