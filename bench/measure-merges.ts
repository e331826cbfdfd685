import { createReadStream, existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { identify } from '../src/catalogue/facts/names.ts'
import { readText } from '../src/catalogue/formats/text.ts'
import { createRandom } from '../src/domain/random.ts'

// node bench/measure-merges.ts [--sample NUMBER] [--seed NUMBER] [FILE …]: measures the normaliser of brands and names over all lists in
// ../shared/data together. Counts the clusters of near-equal names before and after, and prints merges drawn at random, to be looked at one
// by one. A FILE is another list of phones with the columns of Google Play's list of supported devices, such as that list itself.

const DATA = fileURLToPath(new URL('../../shared/data/', import.meta.url))
const STARTER = fileURLToPath(new URL('../src/catalogue/starter.csv', import.meta.url))

/** A phone as a list writes it. */
interface Written {
  brand: string
  name: string
  lists: Set<string>
}

/** Two spellings that the normaliser makes one phone. */
interface Merge {
  first: Written
  other: Written
  brand: string
  name: string
}

const { sample, seed, files } = readArguments(process.argv.slice(2))
const written = await readLists(files)
const merges = findMerges(written)
const spelled = [...written.values()].map(({ brand, name }) => identify(brand, name))
const models = new Map(spelled.map((identity) => [keyOf(identity), identity]))
console.log(`${written.size} brands and names as written, ${models.size} after the normaliser, ${merges.length} merges`)
console.log(
  `clusters of near-equal names: ${countClusters(written.values())} before, ${countClusters(models.values())} after`,
)
for (const { first, other, brand, name } of draw(merges, sample, seed)) {
  console.log(`${show(first)} = ${show(other)} → ${brand} ${name}`)
}

function readArguments(words: readonly string[]) {
  const options = new Map([
    ['--sample', 200],
    ['--seed', 1],
  ])
  const files: string[] = []
  for (let place = 0; place < words.length; place++) {
    const word = words[place] as string
    if (options.has(word)) options.set(word, Number(words[++place]))
    else files.push(word)
  }
  return { sample: options.get('--sample') as number, seed: options.get('--seed') as number, files }
}

async function readLists(files: readonly string[]): Promise<Map<string, Written>> {
  const written = new Map<string, Written>()
  function add(list: string, brandText = '', nameText = ''): void {
    const [brand, name] = [brandText.trim(), nameText.trim()]
    if (brand === '' || name === '') return
    const key = `${brand}\t${name}`.toLowerCase()
    const known = written.get(key) ?? { brand, name, lists: new Set() }
    known.lists.add(list)
    written.set(key, known)
  }
  const [, ...osmocom] = (await readTable(join(DATA, 'osmocom_tacdb.csv'))).slice(1)
  for (const [, brand, name] of osmocom) add('osmocom', brand, name)
  for (const [, ...codes] of (await readTable(join(DATA, 'samloader_tacs.csv'))).slice(1)) {
    for (const code of codes) add('samloader', 'Samsung', code)
  }
  for (const file of [join(DATA, 'tac-facts.csv'), STARTER]) {
    for (const [, brand, name] of (await readTable(file)).slice(1))
      add(file === STARTER ? 'starter' : 'facts', brand, name)
  }
  for (const name of existsSync(DATA) ? await readdir(join(DATA, 'gsma')) : []) {
    if (!name.endsWith('.txt') || name === 'headers.txt') continue
    const [header = [], ...rows] = await readTable(join(DATA, 'gsma', name), '|')
    const [brand, marketing] = ['manufacturer', 'marketingname'].map((wanted) =>
      header.findIndex((column) => column.toLowerCase().replaceAll(/[\s_]/g, '').startsWith(wanted)),
    )
    for (const row of rows) add('gsma', row[brand as number], row[marketing as number])
  }
  for (const file of files) {
    for (const [brand, name, , code] of (await readTable(file)).slice(1)) {
      add(file, brand, name)
      add(file, brand, code)
    }
  }
  return written
}

async function readTable(file: string, delimiter = ','): Promise<string[][]> {
  if (!existsSync(file)) return []
  const source = readText(createReadStream(file), undefined)
  let content = ''
  for (let piece = await source.next(); piece !== undefined; piece = await source.next()) content += piece
  const quote = delimiter === ',' ? '"' : null
  return parse(content, {
    delimiter,
    quote,
    relax_column_count: true,
    relax_quotes: true,
    comment: '#',
    comment_no_infix: true,
  })
}

function findMerges(written: ReadonlyMap<string, Written>): Merge[] {
  const groups = Map.groupBy(written.values(), ({ brand, name }) => keyOf(identify(brand, name)))
  return [...groups.values()].flatMap(([first, ...others]) =>
    others.map((other) => ({ first: first as Written, other, ...identify(other.brand, other.name) })),
  )
}

/** Names are near-equal if they differ in nothing but case, spaces, signs and the brand in front. */
function countClusters(phones: Iterable<{ brand: string; name: string }>): number {
  const clusters = Map.groupBy(phones, ({ brand, name }) => {
    const [first, rest] = [brand, name].map((part) => part.toLowerCase().replaceAll(/[^\p{L}\p{N}+]/gu, '')) as [
      string,
      string,
    ]
    return `${first}\t${rest.startsWith(first) && rest !== first ? rest.slice(first.length) : rest}`
  })
  return [...clusters.values()].filter((cluster) => cluster.length > 1).length
}

function draw(merges: readonly Merge[], count: number, seed: number): Merge[] {
  const random = createRandom(seed)
  const left = [...merges]
  const drawn: Merge[] = []
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(random.below(left.length), 1))
  return drawn
}

function keyOf({ brand, name }: { brand: string; name: string }): string {
  return `${brand}\t${name}`.toLowerCase()
}

function show({ brand, name, lists }: Written): string {
  return `${brand} ${name} (${[...lists].join(', ')})`
}
