import { styleText } from 'node:util'
import { type DestinationStream, pino } from 'pino'

type Style = Parameters<typeof styleText>[0]

/** A line of the log. `answered` lines describe a request. */
interface Line {
  level: number
  time: number
  msg?: string
  operation?: string
  method?: string
  status?: number
  milliseconds?: number
  err?: { stack?: string; message?: string }
  [field: string]: unknown
}

const STYLES: Readonly<Record<string, Style>> = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'blue',
  trace: 'gray',
}

/** Fields of every line, or ones that have a place of their own in it. */
const SHOWN = new Set('level time pid hostname msg operation method status milliseconds err'.split(' '))

/** Turns the JSON lines of a logger into text for people at a terminal, one line for each request. */
export function asText(destination: DestinationStream, hasColours: boolean): DestinationStream {
  const colour = (style: Style, text: string) => (hasColours ? styleText(style, text, { validateStream: false }) : text)
  return { write: (json) => void destination.write(`${describe(JSON.parse(json), colour)}\n`) }
}

function describe(line: Line, colour: (style: Style, text: string) => string): string {
  const level = pino.levels.labels[line.level] ?? String(line.level)
  const time = new Date(line.time).toLocaleTimeString('en-GB', { hour12: false })
  const fields = Object.entries(line).filter(([name]) => !SHOWN.has(name))
  const rest = fields.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const problem = line.err?.stack ?? line.err?.message
  return [
    colour('gray', time),
    colour(STYLES[level] ?? 'white', level.toUpperCase().padEnd(5)),
    plain(what(line)),
    ...(rest.length > 0 ? [colour('gray', plain(rest.join(' ')))] : []),
    ...(problem === undefined ? [] : [`\n${plain(problem)}`]),
  ].join(' ')
}

function what({ msg = '', method, operation = 'unknown path', status, milliseconds }: Line): string {
  if (method === undefined || status === undefined) return msg
  return `${status} ${method} ${operation} ${milliseconds ?? 0} ms`
}

/** Replaces control characters: a terminal would obey them, and a client may have chosen the id of its request. */
function plain(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, '\uFFFD')
}
