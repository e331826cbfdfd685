import { copyFileSync, writeFileSync } from 'node:fs'
import { readScript } from '../src/http/reference.ts'

// Puts into dist/ what the compiler does not: the starter catalogue, and Scalar's script for /reference.

const at = (path: string) => new URL(`../${path}`, import.meta.url)

copyFileSync(at('src/catalogue/starter.csv'), at('dist/catalogue/starter.csv'))
writeFileSync(at('dist/http/scalar.js'), await readScript())
