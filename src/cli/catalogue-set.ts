import { Command, InvalidArgumentError, Option } from 'commander'
import { readKinds } from '../catalogue/formats/kinds.ts'
import { clearModel, clearTac, type Override, overrideModel, overrideTac } from '../catalogue/overrides.ts'
import type { ModelRow } from '../catalogue/store.ts'
import { DEVICE_TYPES, type SimTypes } from '../contract/device-kinds.ts'
import { idPattern } from '../domain/id.ts'
import { SetupError } from '../errors.ts'
import { readName } from './options.ts'
import { print } from './print.ts'
import { withNewContext } from './with-context.ts'

interface SetOptions extends Override {
  clear?: boolean
  json?: boolean
}

const MODEL_ID = new RegExp(idPattern('dmd'))

/** `handset catalogue set` */
export function setCommand(): Command {
  return new Command('set')
    .description('Set what a TAC or a model is, overriding all sources; --clear removes that.')
    .argument('<tac|model>', 'an 8-digit TAC, or the id of a model (dmd_…)')
    .option('--brand <brand>', 'its brand', readName)
    .option('--name <name>', 'its name', readName)
    .addOption(new Option('--type <type>', 'its type').choices(DEVICE_TYPES))
    .option('--sim-types <types>', 'the SIM types that it takes: eSIM, pSIM or eSIM+pSIM', readSimTypes)
    .option('--clear', 'remove what was set, so that the sources apply again')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A TAC whose type or SIM types differ from those of its model becomes a variant of it, which is a separate model.

Examples:
  handset catalogue set 35123456 --sim-types eSIM
  handset catalogue set 35123456 --brand Example --name "Phone 5" --type smartphone
  handset catalogue set dmd_0VbmlLFV0zEz3KWvtqloSV --name "Phone 5 Pro"
  handset catalogue set 35123456 --clear`,
    )
    .action((what: string, { clear = false, json, ...override }: SetOptions, command: Command) => {
      const isModel = MODEL_ID.test(what)
      if (!isModel && !/^[0-9]{8}$/.test(what)) {
        throw new SetupError(`"${what}" is neither an 8-digit TAC nor the id of a model (dmd_…)`)
      }
      const says = Object.keys(override).length > 0
      if (says === clear) throw new SetupError('Set at least one value, or use --clear alone to remove what was set')
      return withNewContext(command, async (context) => {
        const change = isModel
          ? clear
            ? clearModel(context, what)
            : overrideModel(context, what, override)
          : clear
            ? clearTac(context, what)
            : overrideTac(context, what, override)
        const model = (await change) ?? null
        print(json, model && toPublic(model), model === null ? `${what} is no longer known` : describe(what, model))
      })
    })
}

function readSimTypes(text: string): SimTypes {
  const kinds = readKinds('', text)
  if (!('reason' in kinds) && kinds.simTypes !== undefined) return kinds.simTypes
  throw new InvalidArgumentError('It must be eSIM, pSIM or eSIM+pSIM.')
}

function toPublic({ id, brand, name, type, sim_types }: ModelRow) {
  return { model: id, brand, name, type, simTypes: JSON.parse(sim_types) as string[] }
}

function describe(what: string, model: ModelRow): string {
  const { model: id, brand, name, type, simTypes } = toPublic(model)
  const takes = simTypes.length > 0 ? simTypes.join(', ') : 'SIM types unknown'
  return `${what} is ${brand} ${name}, ${type}, ${takes}${what === id ? '' : ` (model ${id})`}`
}
