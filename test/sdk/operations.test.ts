import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHandset, type operations as Operations } from '../../sdk/src/handset.ts'
import { OPERATIONS } from '../../sdk/src/operations.ts'
import { operations } from '../support/openapi-document.ts'
import { startScriptedServer } from '../support/scripted-server.ts'

type Methods = typeof OPERATIONS
type Called = { [Resource in keyof Methods]: Methods[Resource][keyof Methods[Resource]] }[keyof Methods]
type Uncalled = Exclude<keyof Operations, Called extends { id: infer Id } ? Id : never>

/** Compiles only if every operationId of the document has a method. */
const noneIsUncalled: [Uncalled] extends [never] ? true : false = true

describe('the methods of the SDK', () => {
  it('exist for every operation, and send its method to its path', async () => {
    assert.ok(noneIsUncalled)
    const { url, received } = await startScriptedServer([{ status: 200 }])
    const handset = createHandset({ baseUrl: url, token: 'hsk_1', project: 'acme' })
    const called = Object.entries(OPERATIONS).flatMap(([resource, methods]) =>
      Object.entries(methods).map(([name, { id }]) => ({ resource, name, id })),
    )
    assert.deepEqual(called.map(({ id }) => id).sort(), operations.map(({ operationId }) => operationId).sort())
    for (const { resource, name, id } of called) {
      const operation = operations.find(({ operationId }) => operationId === id)
      const ids = operation?.path.match(/\{(?!project)\w+\}/g) ?? []
      const methods = handset[resource as keyof typeof handset] as unknown as Record<
        string,
        (...given: unknown[]) => Promise<unknown>
      >
      await methods[name]?.(...ids.map((id) => `of ${id}`), ...(id.endsWith('Import') ? ['{}'] : []))
      const { method, path } = received.at(-1) as { method: string; path: string }
      const expected = operation?.path
        .replace('{project}', 'acme')
        .replaceAll(/\{\w+\}/g, (name) => encodeURIComponent(`of ${name}`))
      assert.deepEqual([method, path], [operation?.method, expected], id)
    }
  })

  it('send the headers that their operation accepts', async () => {
    const { url, received } = await startScriptedServer([{ status: 200 }])
    const handset = createHandset({ baseUrl: url, token: 'hsk_1', project: 'acme' })
    await handset.devices.delete('dev_1', { idempotencyKey: 'key', ifMatch: '"tag"' })
    await handset.devices.retrieve('dev_1', { ifNoneMatch: '"tag"' })
    assert.deepEqual(
      received.map(({ headers }) => [headers['idempotency-key'], headers['if-match'], headers['if-none-match']]),
      [
        ['key', '"tag"', undefined],
        [undefined, undefined, '"tag"'],
      ],
    )
    assert.deepEqual(
      received.map(({ headers }) => headers.authorization),
      ['Bearer hsk_1', 'Bearer hsk_1'],
    )
  })
})
