import { copyFileSync, globSync, writeFileSync } from 'node:fs'
import { readScript } from '../src/http/reference.ts'

// Puts into dist/ what the compiler does not: the data that source reads, and Scalar's script for /reference.

const at = (path: string) => new URL(`../${path}`, import.meta.url)

for (const file of globSync('**/*.csv', { cwd: at('src') })) copyFileSync(at(`src/${file}`), at(`dist/${file}`))
writeFileSync(at('dist/http/scalar.js'), await readScript())
