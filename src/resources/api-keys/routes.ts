import { objectRoute, type Route, route } from '../../http/route.ts'
import { createApiKey, getApiKey, listApiKeys, removeApiKey } from './api-keys.ts'
import { ApiKeysCreate, ApiKeysDelete, ApiKeysList, ApiKeysRetrieve } from './schema.ts'

export const apiKeyRoutes: readonly Route[] = [
  route(ApiKeysCreate, ({ context, caller, body }) => createApiKey(context, caller, body)),
  route(ApiKeysList, ({ context, caller, query }) => listApiKeys(context, caller, query)),
  objectRoute(ApiKeysRetrieve, getApiKey, ({ found }) => found),
  objectRoute(ApiKeysDelete, getApiKey, ({ context, caller, params, precondition }) =>
    removeApiKey(context, caller, params.apiKey, precondition),
  ),
]
