import {
  type CreateDevice,
  createHandset,
  type Device,
  etagOf,
  HandsetError,
  type HandsetErrorType,
  type Paged,
  type Sim,
} from '@handset/sdk'

// Code that must compile in a program that installs the SDK, and code that must not. It is never run.

const handset = createHandset({ baseUrl: 'http://127.0.0.1:8080', token: 'hsk_1', project: 'demo' })

export async function mustCompile(signal: AbortSignal): Promise<string[]> {
  const body: CreateDevice = { imei: '492388841798923', name: null, metadata: { colour: 'red' } }
  const device: Device = await handset.devices.create(body, { idempotencyKey: 'key', signal, timeout: 1_000 })
  const sims: Sim[] = device.sims
  const brand: string | undefined = device.model?.brand
  const kinds: ('eSIM' | 'pSIM')[] = device.model?.simTypes ?? []
  await handset.devices.update(device.id, { metadata: { colour: null } }, { ifMatch: etagOf(device) })
  await handset.devices.update(device.id, { sims: sims.map(({ id }) => id), user: null })
  const copy: Device | null = await handset.devices.retrieve(device.id, { ifNoneMatch: '"tag"' })
  const list: Paged<{
    object: 'list'
    items: Device[]
    moreItemsAfter: string | null
    moreItemsBefore: string | null
  }> = handset.devices.list({ user: 'usr_1', limit: 200 })
  const names: string[] = []
  for await (const { name } of list) names.push(name ?? '')
  const { items, moreItemsAfter } = await list
  await handset.sims.list({ status: ['active', 'retired'], type: ['eSIM'] })
  await handset.users.createToken('usr_1')
  await handset.users.createToken('usr_1', { expiresIn: 60 }, { signal })
  for await (const { id } of handset.users.listTokens('usr_1')) await handset.users.deleteToken('usr_1', id)
  await handset.projects.retrieve()
  await handset.sims.create({ iccid: '89883070000007537119' })
  try {
    await handset.devices.delete(device.id)
  } catch (error) {
    if (!(error instanceof HandsetError)) throw error
    const type: HandsetErrorType = error.type
    names.push(type, error.code ?? '', ...error.details.map(({ property }) => property))
  }
  return [...names, ...kinds, brand ?? '', copy?.id ?? '', items.length.toString(), moreItemsAfter ?? '']
}

export async function mustNotCompile(): Promise<void> {
  // @ts-expect-error a client needs a token
  createHandset({ baseUrl: 'http://127.0.0.1:8080' })
  // @ts-expect-error a device needs an IMEI
  await handset.devices.create({ name: 'Phone' })
  // @ts-expect-error an IMEI is a string
  await handset.devices.create({ imei: 492388841798923 })
  // @ts-expect-error an IMEI never changes
  await handset.devices.update('dev_1', { imei: '492388841798923' })
  // @ts-expect-error an unknown property
  await handset.users.create({ email: 'jerry@example.com', colour: 'red' })
  // @ts-expect-error not a SIM type
  await handset.sims.list({ type: ['nano'] })
  // @ts-expect-error a filter that the list does not have
  await handset.devices.list({ colour: ['red'] })
  // @ts-expect-error an id is required
  await handset.devices.retrieve()
  // @ts-expect-error a search has no pages to iterate
  for await (const device of handset.devices.search({ imei: '492388841798923' })) String(device)
  // @ts-expect-error PATCH accepts no idempotency key
  await handset.devices.update('dev_1', {}, { idempotencyKey: 'key' })
  // @ts-expect-error null means that the copy is still current
  String((await handset.devices.retrieve('dev_1', { ifNoneMatch: '"tag"' })).id)
  // @ts-expect-error the model of a device may be unknown
  String((await handset.devices.retrieve('dev_1')).model.brand)
  // @ts-expect-error projects are created on the command line
  await handset.projects.create({ id: 'acme' })
}
