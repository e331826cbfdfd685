import { access, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SetupError } from '../../errors.ts'
import { createFile } from './permissions.ts'

/**
 * Copies a SQLite database into a new file, while other processes read and write it. The copy is a consistent snapshot
 * without free pages, so it holds nothing that was deleted. Its file appears only when it is complete and on disk.
 *
 * Throws `SetupError` when the target exists or can't be written.
 */
export async function copySqlite(from: string, to: string): Promise<void> {
  if (await exists(to)) throw new SetupError(`${to} already exists; nothing was written`)
  if (!(await exists(from))) throw new SetupError(`There is no database ${from}`)
  const partial = `${to}.partial`
  await rm(partial, { force: true })
  const source = new DatabaseSync(from, { readOnly: true })
  try {
    createFile(partial)
    source.prepare('VACUUM INTO ?').run(partial)
    await sync(partial)
    await rename(partial, to)
    await sync(dirname(to))
  } catch (error) {
    await rm(partial, { force: true })
    throw new SetupError(`Cannot copy ${from} to ${to}: ${(error as Error).message}`)
  } finally {
    source.close()
  }
}

/** Returns what SQLite itself finds wrong with a file: pages, indexes, foreign keys. Empty if nothing. */
export function checkSqlite(path: string): string[] {
  const connection = new DatabaseSync(path, { readOnly: true })
  try {
    const integrity = connection.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
    const foreignKeys = connection.prepare('PRAGMA foreign_key_check').all() as { table: string; parent: string }[]
    return [
      ...integrity.map((row) => row.integrity_check).filter((message) => message !== 'ok'),
      ...foreignKeys.map(({ table, parent }) => `a row of ${table} references a missing row of ${parent}`),
    ]
  } catch (error) {
    return [(error as Error).message]
  } finally {
    connection.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
