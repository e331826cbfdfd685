import { createRandom } from '../../src/domain/random.ts'

const HEADER =
  'tac,manufacturer,modelName,marketingName,brandName,allocationDate,lastUpdatedDate,organisationId,deviceType,bluetooth,' +
  'nfc,wlan,authenticatedIMSEmergencyCallSupport,unauthenticatedIMSEmergencyCallSupport,imsEmergencyCallWithoutUICC,' +
  'removableUICC,removableEUICC,nonremovableUICC,nonremovableEUICC,networkSpecificIdentifier,ntnConnectivity,simSlot,' +
  'imeiQuantity,operatingSystem,oem,bandDetails'

const DEVICE_TYPES = ['Smartphone', 'Smartphone', 'Handheld', 'Mobile Phone/Feature phone', 'Tablet', 'Module', 'Modem']

/** 540 characters, the average length in the real file. */
const BANDS = `"${'LTE FDD Band 1, LTE FDD Band 3, NR Band n78, '.repeat(12)}"`

/**
 * Generates a file in the current format of the GSMA's device database, line by line. It has half as many models as
 * TACs and a thirteenth as many brands, the same proportions as the real one. The same `rows` always produce the same
 * file.
 */
export function* gsmaLines(rows: number): Generator<string> {
  const random = createRandom(rows)
  yield `${HEADER}\r\n`
  for (let row = 0; row < rows; row++) {
    const model = random.below(Math.ceil(rows / 2))
    const brand = `Maker ${model % Math.ceil(rows / 26)}`
    const kinds = createRandom(model)
    const name = `Model ${model}`
    const type = kinds.pick(DEVICE_TYPES)
    const removable = kinds.pick(['1', '2', '01', 'Not Known'])
    // Occasionally, a variant differs from the others of its model.
    const fixedEuicc = random.chance(0.02) ? '1' : kinds.pick(['0', '00', '1', 'Not Known'])
    const brandName = kinds.chance(0.23) ? 'Not Known' : brand.toUpperCase()
    yield `${String(10_000_000 + row * 307).slice(-8)},"${brand} Co., Ltd",M-${model}${random.pick(['A', 'B', ''])},${name},` +
      `${brandName},01-Mar-2019,02-Apr-2024,${model},${type},Yes,Not Known,Yes,NONE,NONE,NONE,` +
      `${removable},0,0,${fixedEuicc},Not Known,Not Known,1,1,Android,No,${BANDS}\r\n`
  }
}

/** The same as a byte stream. */
export function* gsmaChunks(rows: number): Generator<Buffer> {
  let chunk = ''
  for (const line of gsmaLines(rows)) {
    chunk += line
    if (chunk.length < 65_536) continue
    yield Buffer.from(chunk)
    chunk = ''
  }
  yield Buffer.from(chunk)
}
