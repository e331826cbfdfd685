/** The bytes of a text that most resources fit in. Longer texts get a buffer of their own. */
const USUAL_BYTES = 16 * 1024

const shared = createInput(USUAL_BYTES)
const output = Buffer.alloc(16)

interface Input {
  bytes: Buffer
  /** The same memory, in words. Every platform that runs Node is little-endian, as the algorithm is. */
  words: Int32Array
}

/**
 * A digest of 128 bits of a text in UTF-8, in 22 characters: MurmurHash3, x86, 128 bits. It tells versions of an object
 * apart at a fifth of the cost of SHA-256. It is not collision-resistant, so nothing that an attacker could gain from
 * may depend on it.
 */
export function digestOf(text: string): string {
  const most = text.length * 3
  const input = most <= USUAL_BYTES ? shared : createInput(most)
  const length = input.bytes.write(text)
  const words = input.words
  const whole = length >>> 4
  // The bytes after the last whole block count as zeros.
  input.bytes.fill(0, length, (whole + 1) << 4)

  let h1 = 0
  let h2 = 0
  let h3 = 0
  let h4 = 0
  for (let block = 0; block < whole; block++) {
    const at = block << 2
    h1 ^= mix(words[at] as number, 0x239b961b, 15, 0xab0e9789)
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0
    h2 ^= mix(words[at + 1] as number, 0xab0e9789, 16, 0x38b34ae5)
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0
    h3 ^= mix(words[at + 2] as number, 0x38b34ae5, 17, 0xa1e38b93)
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0
    h4 ^= mix(words[at + 3] as number, 0xa1e38b93, 18, 0x239b961b)
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0
  }
  const rest = whole << 2
  h4 ^= mix(words[rest + 3] as number, 0xa1e38b93, 18, 0x239b961b) ^ length
  h3 ^= mix(words[rest + 2] as number, 0x38b34ae5, 17, 0xa1e38b93) ^ length
  h2 ^= mix(words[rest + 1] as number, 0xab0e9789, 16, 0x38b34ae5) ^ length
  h1 ^= mix(words[rest] as number, 0x239b961b, 15, 0xab0e9789) ^ length

  const sum = (h1 + h2 + h3 + h4) | 0
  h1 = avalanche(sum)
  h2 = avalanche((h2 + sum) | 0)
  h3 = avalanche((h3 + sum) | 0)
  h4 = avalanche((h4 + sum) | 0)
  const all = (h1 + h2 + h3 + h4) | 0
  output.writeInt32BE(all, 0)
  output.writeInt32BE((h2 + all) | 0, 4)
  output.writeInt32BE((h3 + all) | 0, 8)
  output.writeInt32BE((h4 + all) | 0, 12)
  return output.toString('base64url')
}

function createInput(length: number): Input {
  const bytes = Buffer.alloc((length + 32) & ~15)
  return { bytes, words: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2) }
}

function mix(word: number, before: number, by: number, after: number): number {
  return Math.imul(rotate(Math.imul(word, before), by), after)
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

function avalanche(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
