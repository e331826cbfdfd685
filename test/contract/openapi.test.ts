import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { openApiDocument, operations } from '../support/openapi-document.ts'
import { startServer } from '../support/server.ts'

const file = new URL('../../openapi.json', import.meta.url)
const server = await startServer()

describe('the OpenAPI document', () => {
  it('passes a strict linter without problems', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] })
    const problems = await lintFromString({ source: readFileSync(file, 'utf8'), absoluteRef: 'openapi.json', config })
    assert.deepEqual(
      problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`),
      [],
    )
  })

  it('is served without a token, and is the same as the file', async () => {
    const response = await fetch(`${server.url}/openapi.json`)
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    assert.deepEqual(await response.json(), openApiDocument)
  })

  for (const [operationId, method, path] of [
    ['DevicesCreate', 'POST', '/projects/{project}/devices'],
    ['DevicesRetrieve', 'GET', '/projects/{project}/devices/{device}'],
    ['DevicesUpdate', 'PATCH', '/projects/{project}/devices/{device}'],
    ['DevicesDelete', 'DELETE', '/projects/{project}/devices/{device}'],
    ['DevicesReplace', 'POST', '/projects/{project}/devices/{device}/replacement'],
    ['DevicesSearch', 'POST', '/projects/{project}/devices/search'],
    ['DevicesList', 'GET', '/projects/{project}/devices'],
    ['DevicesImport', 'POST', '/projects/{project}/devices/import'],
    ['DevicesStatistics', 'GET', '/projects/{project}/devices/statistics'],
    ['DevicesExport', 'GET', '/projects/{project}/devices/export'],
    ['DeviceModelsRetrieve', 'GET', '/deviceModels/{deviceModel}'],
    ['DeviceModelsSearch', 'POST', '/deviceModels/search'],
    ['DeviceModelsCheck', 'POST', '/deviceModels/check'],
    ['DeviceModelsList', 'GET', '/deviceModels'],
    ['DeviceModelBrandsList', 'GET', '/deviceModelBrands'],
    ['DeviceModelCatalogueRetrieve', 'GET', '/deviceModelCatalogue'],
    ['UsersCreate', 'POST', '/projects/{project}/users'],
    ['UsersRetrieve', 'GET', '/projects/{project}/users/{user}'],
    ['UsersUpdate', 'PATCH', '/projects/{project}/users/{user}'],
    ['UsersDelete', 'DELETE', '/projects/{project}/users/{user}'],
    ['UsersSearch', 'POST', '/projects/{project}/users/search'],
    ['UsersList', 'GET', '/projects/{project}/users'],
    ['UsersExport', 'GET', '/projects/{project}/users/export'],
    ['UserTokensCreate', 'POST', '/projects/{project}/users/{user}/tokens'],
    ['UserTokensList', 'GET', '/projects/{project}/users/{user}/tokens'],
    ['UserTokensDelete', 'DELETE', '/projects/{project}/users/{user}/tokens/{token}'],
    ['SimsCreate', 'POST', '/projects/{project}/sims'],
    ['SimsRetrieve', 'GET', '/projects/{project}/sims/{sim}'],
    ['SimsUpdate', 'PATCH', '/projects/{project}/sims/{sim}'],
    ['SimsDelete', 'DELETE', '/projects/{project}/sims/{sim}'],
    ['SimsSearch', 'POST', '/projects/{project}/sims/search'],
    ['SimsList', 'GET', '/projects/{project}/sims'],
    ['SimsExport', 'GET', '/projects/{project}/sims/export'],
    ['ProjectsList', 'GET', '/projects'],
    ['ProjectsRetrieve', 'GET', '/projects/{project}'],
    ['EventsRetrieve', 'GET', '/projects/{project}/events/{event}'],
    ['EventsList', 'GET', '/projects/{project}/events'],
    ['ApiKeysCreate', 'POST', '/projects/{project}/apiKeys'],
    ['ApiKeysRetrieve', 'GET', '/projects/{project}/apiKeys/{apiKey}'],
    ['ApiKeysList', 'GET', '/projects/{project}/apiKeys'],
    ['ApiKeysDelete', 'DELETE', '/projects/{project}/apiKeys/{apiKey}'],
  ]) {
    it(`documents ${operationId}: ${method} ${path}`, () => {
      const found = operations.find((operation) => operation.operationId === operationId)
      assert.deepEqual([found?.method, found?.path], [method, path])
    })
  }

  it('documents every operation once', () => {
    const names = operations.map(({ operationId }) => operationId)
    assert.deepEqual([...new Set(names)], names)
  })
})
