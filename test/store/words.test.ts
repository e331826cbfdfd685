import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { pino } from 'pino'
import { systemCaller } from '../../src/caller.ts'
import { distribute } from '../../src/db/citus.ts'
import { applyMigrations, migrate } from '../../src/db/migrate.ts'
import { MIGRATIONS } from '../../src/db/migrations.ts'
import { beginRebuild, continueStage, findStages } from '../../src/db/search/rebuild.ts'
import { currentTables } from '../../src/db/tables.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { createUser, listUsers } from '../../src/resources/users/users.ts'
import { examine } from '../../src/serve/jobs/doctor.ts'
import { indexWordsInBackground } from '../../src/serve/jobs/index-words.ts'
import { contextOf, isCitus, makeEmptyStore, openStore } from '../support/store.ts'

const USERS = 450

const db = openStore(await makeEmptyStore())
after(() => db.close())
const before = MIGRATIONS.slice(
  0,
  MIGRATIONS.findIndex(({ name }) => name === 'index of words'),
)
await applyMigrations(db, before, Date.now)
if (isCitus) await distribute(db, await currentTables(before))
const context = contextOf(db)
const project = await createProject(context, { id: 'older', type: 'test' })
const caller = systemCaller(project)
const ids = Array.from({ length: USERS }, () => context.newId('usr', project.tag))
for (const [position, { id, createdAt }] of ids.entries()) {
  await db.run(
    `INSERT INTO users (project_id, id, email, email_key, email_verified, full_name, birthday, preferred_locale, metadata, created_at)
      VALUES ($1, $2, $3, $3, 'false', $4, NULL, 'en-US', '{}', $5)`,
    [project.id, id, `u${position}@example.com`, `Someone Number${position}`, createdAt],
  )
}
await migrate(db, Date.now)

async function count(q: string): Promise<number> {
  return JSON.parse(await listUsers(context, caller, { q, limit: 200 })).items.length
}

/** The rules that the store breaks. */
async function broken(): Promise<string[]> {
  return (await examine(db)).findings.map(({ check }) => check)
}

describe('the index of words', () => {
  it('is filled in the background after a migration, and what is created meanwhile is found at once', async () => {
    assert.equal(await count('someone'), 0)
    await createUser(context, caller, { email: 'meanwhile@example.com', fullName: 'Someone Meanwhile' })
    assert.equal(await count('someone'), 1)
    const lines: string[] = []
    const logger = pino({}, { write: (line: string) => void lines.push(line) })
    await indexWordsInBackground(context, new AbortController().signal, logger)
    assert.equal(await count('number449'), 1)
    assert.equal(await count('someone'), 200)
    assert.deepEqual(await broken(), [])
    assert.match(lines.join(''), /"project":"older","stage":"usr","rows":\d+,"msg":"index of words: done"/)
    assert.doesNotMatch(lines.join(''), /someone/i)
  })

  it('is rebuilt in parts, whatever state it was in', async () => {
    await db.run("DELETE FROM search_words WHERE project_id = $1 AND word = 'number7'", [project.id])
    await db.run('DELETE FROM search_texts WHERE project_id = $1 AND id = $2', [
      project.id,
      (ids[9] as { id: string }).id,
    ])
    await db.run("UPDATE search_texts SET words = ' wrong' WHERE project_id = $1 AND id = $2", [
      project.id,
      (ids[11] as { id: string }).id,
    ])
    await db.run("INSERT INTO search_words (project_id, kind, word, id) VALUES ($1, 'usr', 'stray', 'usr_gone')", [
      project.id,
    ])
    assert.equal((await broken()).length, 2)
    await beginRebuild(db, project.id)
    assert.deepEqual(await findStages(db, project.id), ['dev', 'sim', 'usr', 'rest'])
    let parts = 0
    for (;;) {
      const [stage] = await findStages(db, project.id)
      if (stage === undefined) break
      // Another process may continue it at any time.
      await beginRebuild(db, project.id)
      await continueStage(db, project.id, stage)
      parts += 1
    }
    assert.ok(parts > 4)
    assert.deepEqual(await broken(), [])
    assert.equal(await count('number7'), 11)
  })
})
