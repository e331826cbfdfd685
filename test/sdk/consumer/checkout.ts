import { createHandset } from '@handset/sdk'

// Uses the SDK as a shop's checkout does, in a project that has installed it.

const [baseUrl = '', token = '', project = '', imei = ''] = process.argv.slice(2)
const handset = createHandset({ baseUrl, token, project })
const { items } = await handset.deviceModels.search({ imei })
const created = await handset.devices.create({ imei })
const registered: (string | null)[] = []
for await (const device of handset.devices.list()) registered.push(device.imei)
console.log(JSON.stringify({ takesESim: items[0]?.simTypes.includes('eSIM'), created: created.imei, registered }))
