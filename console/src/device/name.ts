import type { Device, DeviceModel, User } from '@handset/sdk'

/** The name of a device, or that of its model if it has none. */
export function nameOf({ name, model }: Device): string {
  return name ?? nameOfModel(model)
}

/** The name of a model. The catalogue does not know the models of all devices. */
export function nameOfModel(model: DeviceModel | null): string {
  return model === null ? 'Unknown model' : `${model.brand} ${model.name}`
}

/** The name of a user, or the e-mail address of one without a name. */
export function nameOfUser({ fullName, email }: User): string {
  return fullName ?? email
}
