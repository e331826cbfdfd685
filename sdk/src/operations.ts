// Written by scripts/generate.ts from openapi.json.

import type { components, operations } from './openapi.ts'
import type { Lines, Options } from './options.ts'
import type { Paged } from './pages.ts'

export type CreateDevice = components['schemas']['CreateDevice']
export type CreateSim = components['schemas']['CreateSim']
export type CreateUser = components['schemas']['CreateUser']
export type CreateUserToken = components['schemas']['CreateUserToken']
export type Device = components['schemas']['Device']
export type DeviceList = components['schemas']['DeviceList']
export type DeviceModel = components['schemas']['DeviceModel']
export type DeviceModelBrands = components['schemas']['DeviceModelBrands']
export type DeviceModelList = components['schemas']['DeviceModelList']
export type DeviceStatistics = components['schemas']['DeviceStatistics']
export type ErrorBody = components['schemas']['Error']
export type ExportedDevice = components['schemas']['ExportedDevice']
export type ExportedSim = components['schemas']['ExportedSim']
export type ExportedUser = components['schemas']['ExportedUser']
export type ImportDevice = components['schemas']['ImportDevice']
export type ImportResult = components['schemas']['ImportResult']
export type Project = components['schemas']['Project']
export type ProjectList = components['schemas']['ProjectList']
export type PropertyErrorDetail = components['schemas']['PropertyErrorDetail']
export type SearchDeviceModels = components['schemas']['SearchDeviceModels']
export type SearchDevices = components['schemas']['SearchDevices']
export type SearchSims = components['schemas']['SearchSims']
export type SearchUsers = components['schemas']['SearchUsers']
export type Sim = components['schemas']['Sim']
export type SimList = components['schemas']['SimList']
export type UpdateDevice = components['schemas']['UpdateDevice']
export type UpdateSim = components['schemas']['UpdateSim']
export type UpdateUser = components['schemas']['UpdateUser']
export type User = components['schemas']['User']
export type UserList = components['schemas']['UserList']
export type UserToken = components['schemas']['UserToken']

export interface DeviceModelBrandsMethods {
  /**
   * List all device model brands.
   *
   * Returns the brands that have a model, sorted alphabetically without regard to case.
   */
  list(options?: Options): Promise<DeviceModelBrands>
}

export interface DeviceModelsMethods {
  /**
   * List all device models.
   *
   * Returns a list of device models, the most recently created first.
   */
  list(query?: operations['DeviceModelsList']['parameters']['query'], options?: Options): Paged<DeviceModelList>

  /**
   * Search for device models.
   *
   * Finds the model that the catalogue knows for the TAC of an IMEI, registered here or not.
   */
  search(body: SearchDeviceModels, options?: Options<'idempotencyKey'>): Promise<DeviceModelList>

  /** Gives null where `ifNoneMatch` holds: the copy at hand is still good. */
  retrieve(deviceModel: string, options: Options<'ifNoneMatch'> & { ifNoneMatch: string }): Promise<DeviceModel | null>
  /**
   * Retrieve a device model.
   *
   * Retrieves the details of an existing device model.
   */
  retrieve(deviceModel: string, options?: Options<'ifNoneMatch'>): Promise<DeviceModel>
}

export interface ProjectsMethods {
  /**
   * List all projects.
   *
   * Returns the projects that the token may see: its own.
   */
  list(query?: operations['ProjectsList']['parameters']['query'], options?: Options): Paged<ProjectList>

  /** Gives null where `ifNoneMatch` holds: the copy at hand is still good. */
  retrieve(options: Options<'ifNoneMatch'> & { ifNoneMatch: string }): Promise<Project | null>
  /**
   * Retrieve a project.
   *
   * Retrieves the project that the token belongs to.
   */
  retrieve(options?: Options<'ifNoneMatch'>): Promise<Project>
}

export interface DevicesMethods {
  /**
   * Create a device.
   *
   * Creates a new device with the given parameters. An IMEI is registered once in a project.
   */
  create(body: CreateDevice, options?: Options<'idempotencyKey'>): Promise<Device>

  /**
   * List all devices.
   *
   * Returns a list of devices, the most recently created first.
   */
  list(query?: operations['DevicesList']['parameters']['query'], options?: Options): Paged<DeviceList>

  /**
   * Import devices.
   *
   * Takes one device a line (NDJSON) for as long as the body goes on, and answers each with a line of its own, behind the commit that makes it durable. A line that cannot be taken is `rejected` with its error and stops nothing. A device that is there already is `unchanged` when it holds all that its line says, else rejected: so an import that broke off is sent again as it is, and an `Idempotency-Key` is not looked at. Where the import itself fails, the last line is the error.
   */
  import(lines: Lines, options?: Options): Promise<Response>

  /**
   * Export devices.
   *
   * Returns all devices that the token may see, oldest first, as they are at one moment, in the form that an import accepts. NDJSON is exact. In CSV, an apostrophe precedes text that a spreadsheet would run as a formula, and empty text; an import removes it. A response that breaks off is incomplete.
   */
  export(query?: operations['DevicesExport']['parameters']['query'], options?: Options): Promise<Response>

  /**
   * Count devices.
   *
   * Counts the devices of the project by what they are and by when they were registered, all at one moment; deleted ones are not in it.
   */
  statistics(options?: Options): Promise<DeviceStatistics>

  /**
   * Search for devices.
   *
   * Finds the device with the given IMEI.
   */
  search(body: SearchDevices, options?: Options<'idempotencyKey'>): Promise<DeviceList>

  /** Gives null where `ifNoneMatch` holds: the copy at hand is still good. */
  retrieve(device: string, options: Options<'ifNoneMatch'> & { ifNoneMatch: string }): Promise<Device | null>
  /**
   * Retrieve a device.
   *
   * Retrieves the details of an existing device, with its model, SIMs and user.
   */
  retrieve(device: string, options?: Options<'ifNoneMatch'>): Promise<Device>

  /**
   * Update a device.
   *
   * Updates the given properties of an existing device; those not given stay. `sims` replaces the whole set.
   */
  update(device: string, body: UpdateDevice, options?: Options<'ifMatch'>): Promise<Device>

  /**
   * Delete a device.
   *
   * Deletes a device and returns it as it was. Its SIMs are free again.
   */
  delete(device: string, options?: Options<'idempotencyKey' | 'ifMatch'>): Promise<Device>
}

export interface UsersMethods {
  /**
   * Create a user.
   *
   * Creates a new user with the given parameters. An address is given once in a project, whatever its case.
   */
  create(body: CreateUser, options?: Options<'idempotencyKey'>): Promise<User>

  /**
   * List all users.
   *
   * Returns a list of users, the most recently created first.
   */
  list(query?: operations['UsersList']['parameters']['query'], options?: Options): Paged<UserList>

  /**
   * Export users.
   *
   * Returns all users that the token may see, oldest first, as they are at one moment, in the form that an import accepts. NDJSON is exact. In CSV, an apostrophe precedes text that a spreadsheet would run as a formula, and empty text; an import removes it. A response that breaks off is incomplete.
   */
  export(query?: operations['UsersExport']['parameters']['query'], options?: Options): Promise<Response>

  /**
   * Search for users.
   *
   * Finds the user with the given e-mail address, compared without case.
   */
  search(body: SearchUsers, options?: Options<'idempotencyKey'>): Promise<UserList>

  /** Gives null where `ifNoneMatch` holds: the copy at hand is still good. */
  retrieve(user: string, options: Options<'ifNoneMatch'> & { ifNoneMatch: string }): Promise<User | null>
  /**
   * Retrieve a user.
   *
   * Retrieves the details of an existing user.
   */
  retrieve(user: string, options?: Options<'ifNoneMatch'>): Promise<User>

  /**
   * Update a user.
   *
   * Updates the given properties of an existing user.
   */
  update(user: string, body: UpdateUser, options?: Options<'ifMatch'>): Promise<User>

  /**
   * Delete a user.
   *
   * Deletes a user and returns it as it was. The user's devices stay, without user and name.
   */
  delete(user: string, options?: Options<'idempotencyKey' | 'ifMatch'>): Promise<User>

  /**
   * Create a user token.
   *
   * Creates a token that acts as the user until it expires or the user is deleted: it sees their own devices, the SIMs on them and their own user, and may register, claim, change and release devices. Only an API key may make one.
   */
  createToken(user: string, body?: CreateUserToken, options?: Options<'idempotencyKey'>): Promise<UserToken>
}

export interface SimsMethods {
  /**
   * Create a SIM.
   *
   * Creates a new SIM with the given parameters. An ICCID is given once in a project.
   */
  create(body: CreateSim, options?: Options<'idempotencyKey'>): Promise<Sim>

  /**
   * List all SIMs.
   *
   * Returns a list of SIMs, the most recently created first; retired ones only when asked for.
   */
  list(query?: operations['SimsList']['parameters']['query'], options?: Options): Paged<SimList>

  /**
   * Export SIMs.
   *
   * Returns all SIMs that the token may see, oldest first, as they are at one moment, in the form that an import accepts. NDJSON is exact. In CSV, an apostrophe precedes text that a spreadsheet would run as a formula, and empty text; an import removes it. A response that breaks off is incomplete.
   */
  export(query?: operations['SimsExport']['parameters']['query'], options?: Options): Promise<Response>

  /**
   * Search for SIMs.
   *
   * Finds the SIM with the given ICCID and, where given, type.
   */
  search(body: SearchSims, options?: Options<'idempotencyKey'>): Promise<SimList>

  /** Gives null where `ifNoneMatch` holds: the copy at hand is still good. */
  retrieve(sim: string, options: Options<'ifNoneMatch'> & { ifNoneMatch: string }): Promise<Sim | null>
  /**
   * Retrieve a SIM.
   *
   * Retrieves the details of an existing SIM.
   */
  retrieve(sim: string, options?: Options<'ifNoneMatch'>): Promise<Sim>

  /**
   * Update a SIM.
   *
   * Updates the given properties of an existing SIM.
   */
  update(sim: string, body: UpdateSim, options?: Options<'ifMatch'>): Promise<Sim>

  /**
   * Delete a SIM.
   *
   * Deletes a SIM that is on no device and returns it as it was.
   */
  delete(sim: string, options?: Options<'idempotencyKey' | 'ifMatch'>): Promise<Sim>
}

/** Every operation of the API. */
export interface Handset {
  readonly deviceModelBrands: DeviceModelBrandsMethods
  readonly deviceModels: DeviceModelsMethods
  readonly projects: ProjectsMethods
  readonly devices: DevicesMethods
  readonly users: UsersMethods
  readonly sims: SimsMethods
}

export const OPERATIONS = {
  deviceModelBrands: {
    list: { id: 'DeviceModelBrandsList', method: 'GET', path: '/deviceModelBrands' },
  },
  deviceModels: {
    list: { id: 'DeviceModelsList', method: 'GET', path: '/deviceModels', query: true, pages: true },
    search: { id: 'DeviceModelsSearch', method: 'POST', path: '/deviceModels/search', body: true, search: true },
    retrieve: { id: 'DeviceModelsRetrieve', method: 'GET', path: '/deviceModels/{deviceModel}' },
  },
  projects: {
    list: { id: 'ProjectsList', method: 'GET', path: '/projects', query: true, pages: true },
    retrieve: { id: 'ProjectsRetrieve', method: 'GET', path: '/projects/{project}' },
  },
  devices: {
    create: { id: 'DevicesCreate', method: 'POST', path: '/projects/{project}/devices', body: true, keyed: true },
    list: { id: 'DevicesList', method: 'GET', path: '/projects/{project}/devices', query: true, pages: true },
    import: { id: 'DevicesImport', method: 'POST', path: '/projects/{project}/devices/import', body: true, lines: 'application/x-ndjson', streams: true },
    export: { id: 'DevicesExport', method: 'GET', path: '/projects/{project}/devices/export', streams: true, query: true },
    statistics: { id: 'DevicesStatistics', method: 'GET', path: '/projects/{project}/devices/statistics' },
    search: { id: 'DevicesSearch', method: 'POST', path: '/projects/{project}/devices/search', body: true, search: true },
    retrieve: { id: 'DevicesRetrieve', method: 'GET', path: '/projects/{project}/devices/{device}' },
    update: { id: 'DevicesUpdate', method: 'PATCH', path: '/projects/{project}/devices/{device}', body: true },
    delete: { id: 'DevicesDelete', method: 'DELETE', path: '/projects/{project}/devices/{device}', keyed: true },
  },
  users: {
    create: { id: 'UsersCreate', method: 'POST', path: '/projects/{project}/users', body: true, keyed: true },
    list: { id: 'UsersList', method: 'GET', path: '/projects/{project}/users', query: true, pages: true },
    export: { id: 'UsersExport', method: 'GET', path: '/projects/{project}/users/export', streams: true, query: true },
    search: { id: 'UsersSearch', method: 'POST', path: '/projects/{project}/users/search', body: true, search: true },
    retrieve: { id: 'UsersRetrieve', method: 'GET', path: '/projects/{project}/users/{user}' },
    update: { id: 'UsersUpdate', method: 'PATCH', path: '/projects/{project}/users/{user}', body: true },
    delete: { id: 'UsersDelete', method: 'DELETE', path: '/projects/{project}/users/{user}', keyed: true },
    createToken: { id: 'UserTokensCreate', method: 'POST', path: '/projects/{project}/users/{user}/tokens', body: true, keyed: true },
  },
  sims: {
    create: { id: 'SimsCreate', method: 'POST', path: '/projects/{project}/sims', body: true, keyed: true },
    list: { id: 'SimsList', method: 'GET', path: '/projects/{project}/sims', query: true, pages: true },
    export: { id: 'SimsExport', method: 'GET', path: '/projects/{project}/sims/export', streams: true, query: true },
    search: { id: 'SimsSearch', method: 'POST', path: '/projects/{project}/sims/search', body: true, search: true },
    retrieve: { id: 'SimsRetrieve', method: 'GET', path: '/projects/{project}/sims/{sim}' },
    update: { id: 'SimsUpdate', method: 'PATCH', path: '/projects/{project}/sims/{sim}', body: true },
    delete: { id: 'SimsDelete', method: 'DELETE', path: '/projects/{project}/sims/{sim}', keyed: true },
  },
} as const
