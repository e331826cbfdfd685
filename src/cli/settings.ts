import { nearest } from '../domain/nearest.ts'
import { type Environment, SETTINGS } from '../settings.ts'

const PREFIX = 'HANDSET_'

/**
 * Variables that Kubernetes and Docker set in every container for a service whose name starts with `handset`:
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const SERVICE_LINK = /^HANDSET_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_\w+|NAME|ENV_\w+)$/
const SERVICE_URL = /^(?:tcp|udp|sctp):\/\//

const KNOWN = Object.keys(SETTINGS)

/** A warning for each `HANDSET_…` variable that is not a setting. Never repeats its value, which may be secret. */
export function warnOfUnknownSettings(environment: Environment): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => name.startsWith(PREFIX) && !KNOWN.includes(name) && !isServiceLink(name, value ?? ''))
    .map(([name]) => {
      const meant = settingLike(name)
      return `${name} is not a setting of Handset${meant === undefined ? '' : `. Did you mean ${meant}?`}`
    })
}

function settingLike(name: string): string | undefined {
  const similar = nearest(bareOf(name), KNOWN.map(bareOf))
  return KNOWN.find((setting) => bareOf(setting) === similar || name.startsWith(`${setting}_`))
}

/** The name without the prefix, which people tend to add or omit. */
function bareOf(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name
}

function isServiceLink(name: string, value: string): boolean {
  return SERVICE_LINK.test(name) || (name.endsWith('_PORT') && SERVICE_URL.test(value))
}

/** The section of the help about settings. */
export function settingsHelp(): string {
  const width = Math.max(...Object.keys(SETTINGS).map((name) => name.length))
  const lines = Object.entries(SETTINGS).map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)
  return `Settings from the environment, with their defaults. An empty value means the default.\n${lines.join('\n')}`
}
