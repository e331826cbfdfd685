import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newToken } from '../../src/resources/tokens/token.ts'
import { makeObjectIds, pathWith } from '../support/object-ids.ts'
import { openApiDocument, operations } from '../support/openapi-document.ts'
import { type ApiResponse, startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const other = await server.addProject('other', 'test')
const json = { 'content-type': 'application/json' }

type Operation = (typeof operations)[number]
const ids = await makeObjectIds(demo)
const otherIds = await makeObjectIds(other)

/** The object at the end of a path within a project, such as `{device}`. */
function lastParameter({ path }: Operation): string | undefined {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
  return names.findLast((name) => name !== 'project' && name !== 'deviceModel')
}

function takesBody({ method, requestBody }: Operation): boolean {
  return requestBody !== undefined || method === 'DELETE'
}

function isList({ parameters }: Operation): boolean {
  return parameters.some(({ name }) => name === 'after')
}

/** Sent with every request here, so that no other error precedes the one under test. */
function validBody(operation: Operation) {
  return operation.requestBody ? { raw: '{}', headers: { 'content-type': bodyType(operation) } } : {}
}

/** The media type of an operation's body. */
function bodyType({ requestBody }: Operation): string {
  return Object.keys(requestBody?.content ?? { 'application/json': {} })[0] as string
}

function assertError({ status, body }: ApiResponse, expected: number, type: string): void {
  assert.equal(status, expected)
  assert.equal(body.object, 'error')
  assert.equal(body.type, type)
}

function detailsOf(response: ApiResponse): Record<string, string> {
  return Object.fromEntries(
    response.body.details.map((detail: { property: string; code: string }) => [detail.property, detail.code]),
  )
}

/** docs/contract.md §1 and §2, for every operation in the OpenAPI document. */
for (const operation of operations) {
  const { method, operationId, path } = operation
  const target = pathWith(ids, operation)
  const valid = validBody(operation)

  describe(operationId, () => {
    it('rejects a request without a token', async () => {
      const response = await server.callOpenly(method, target, valid)
      assertError(response, 401, 'unauthenticated')
      assert.equal(response.body.message, 'Invalid authorization token')
      assert.equal(response.headers['www-authenticate'], 'Bearer')
    })

    it('rejects an unknown token', async () => {
      for (const token of ['nonsense', newToken('hsk', demo.project.tag).token]) {
        const response = await server.clientWith(token)(method, target, valid)
        assertError(response, 401, 'unauthenticated')
        assert.equal(response.headers['www-authenticate'], 'Bearer')
      }
    })

    if (path.includes('{project}')) {
      it('hides another project behind the 404 of one that does not exist', async () => {
        const theirs = await demo.call(method, pathWith(otherIds, operation), valid)
        const absent = await demo.call(method, pathWith({ ...otherIds, project: 'nowhere' }, operation), valid)
        assertError(theirs, 404, 'notFound')
        assert.deepEqual(theirs.body, absent.body)
      })
    }

    const parameter = lastParameter(operation)
    if (parameter) {
      it("hides another project's object behind the 404 of one that does not exist", async () => {
        const otherId = otherIds[parameter] as string
        const theirs = await demo.call(method, pathWith({ ...ids, [parameter]: otherId }, operation), valid)
        const absentId = otherId.slice(0, -1) + (otherId.endsWith('0') ? '1' : '0')
        const absent = await demo.call(method, pathWith({ ...ids, [parameter]: absentId }, operation), valid)
        const shapeless = await demo.call(method, pathWith({ ...ids, [parameter]: 'nonsense' }, operation), valid)
        assertError(theirs, 404, 'notFound')
        assert.deepEqual(theirs.body, absent.body)
        assert.deepEqual(theirs.body, shapeless.body)
      })
    }

    it('rejects an unknown query parameter', async () => {
      for (const name of ['nonsense', '__proto__']) {
        const response = await demo.call(method, `${target}?${name}=1`, valid)
        assertError(response, 422, 'invalid')
        assert.equal(detailsOf(response)[name], 'propertyUnknown', JSON.stringify(response.body))
      }
    })

    if (isList(operation)) {
      it('rejects a cursor of the wrong shape', async () => {
        for (const name of ['after', 'before']) {
          for (const cursor of ['', 'x', 'no-id!', `dmd_${'0'.repeat(28)}`, `${ids.device}0`, '%00', '%20']) {
            const response = await demo.call(method, `${target}?${name}=${cursor}`)
            assertError(response, 422, 'invalid')
            assert.deepEqual(detailsOf(response), { [name]: 'propertyInvalid' }, cursor)
          }
        }
      })
    }

    it('rejects every other method on its path, and names the allowed ones', async () => {
      const declared = Object.keys(openApiDocument.paths[path] ?? {}).map((name) => name.toUpperCase())
      const allowed = declared.includes('GET') ? [...declared, 'HEAD'] : declared
      for (const wrong of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
        if (allowed.includes(wrong)) continue
        const { status, headers } = await demo.call(wrong, target)
        assert.equal(status, 405, wrong)
        assert.deepEqual(headers.allow?.split(', ').sort(), [...allowed].sort())
      }
    })

    if (takesBody(operation) && bodyType(operation) !== 'application/json') {
      it('rejects a body with another content type or none', async () => {
        for (const headers of [{}, json, { 'content-type': 'text/plain' }]) {
          assertError(await demo.call(method, target, { raw: '{}', headers }), 415, 'unsupportedMediaType')
        }
      })

      it('rejects each invalid line on its own', async () => {
        const long = JSON.stringify({ imei: 'x'.repeat(65_536) })
        const raw = `{"nonsense":1}\n[]\nnull\n{"broken\n${long}\n{"__proto__":1}`
        const { status, body } = await demo.call(method, target, {
          raw,
          headers: { 'content-type': bodyType(operation) },
        })
        assert.equal(status, 200)
        const [summary] = body.splice(-1)
        const counts = { rows: 6, created: 0, updated: 0, unchanged: 0, rejected: 6 }
        assert.deepEqual(summary, { object: 'importSummary', ...counts, complete: true })
        assert.deepEqual(
          body.map((line: { status: string; error: { type: string } }) => [line.status, line.error.type]),
          ['invalid', 'invalid', 'invalid', 'malformed', 'payloadTooLarge', 'invalid'].map((type) => [
            'rejected',
            type,
          ]),
        )
      })
    }

    if (takesBody(operation) && bodyType(operation) === 'application/json') {
      it('rejects an unknown body property by its name', async () => {
        for (const name of ['nonsense', '__proto__']) {
          const response = await demo.call(method, target, { raw: `{"${name}":1}`, headers: json })
          assertError(response, 422, 'invalid')
          assert.equal(detailsOf(response)[name], 'propertyUnknown', JSON.stringify(response.body))
        }
      })

      it('rejects a body that is not an object', async () => {
        for (const raw of ['[]', 'null', '"text"', '1']) {
          assertError(await demo.call(method, target, { raw, headers: json }), 422, 'invalid')
        }
      })

      it('rejects a body over 64 KiB', async () => {
        const response = await demo.call(method, target, { raw: '{}'.padEnd(65_537), headers: json })
        assertError(response, 413, 'payloadTooLarge')
      })

      it('rejects a body that is not declared as JSON', async () => {
        for (const headers of [{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/xml' }]) {
          assertError(await demo.call(method, target, { raw: '{}', headers }), 415, 'unsupportedMediaType')
        }
      })

      it('rejects broken JSON', async () => {
        assertError(await demo.call(method, target, { raw: '{"broken', headers: json }), 400, 'malformed')
      })
    }

    if (operation.requestBody?.content && method !== 'DELETE') {
      it('rejects a request without a body', async () => {
        const { required = true } = operation.requestBody as { required?: boolean }
        const response = await demo.call(method, target, { headers: { 'content-type': bodyType(operation) } })
        if (required) assertError(response, 400, 'malformed')
        else assert.notEqual(response.status, 400)
      })
    }
  })
}

describe('after all these rejections', () => {
  it('every object is unchanged', async () => {
    for (const [name, collection] of [
      ['device', 'devices'],
      ['user', 'users'],
      ['token', `users/{user}/tokens`],
      ['sim', 'sims'],
    ] as const) {
      for (const [project, known] of [
        [demo, ids],
        [other, otherIds],
      ] as const) {
        const { body } = await project.call('GET', `./${collection.replace('{user}', known.user as string)}`)
        assert.deepEqual(
          body.items.map((item: { id: string }) => item.id),
          [known[name]],
        )
      }
    }
  })

  it('the document still has every operation', () => {
    assert.ok(operations.length >= 28)
  })
})
