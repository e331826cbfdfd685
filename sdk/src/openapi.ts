// Written by scripts/generate.ts from openapi.json.

export interface paths {
    "/deviceModelBrands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all device model brands
         * @description Returns the brands that have a model, sorted alphabetically without regard to case.
         */
        get: operations["DeviceModelBrandsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deviceModels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all device models
         * @description Returns a list of device models, the most recently created first.
         */
        get: operations["DeviceModelsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deviceModels/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search for device models
         * @description Finds the model that the catalogue knows for the TAC of an IMEI, registered here or not.
         */
        post: operations["DeviceModelsSearch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deviceModels/{deviceModel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a device model
         * @description Retrieves the details of an existing device model.
         */
        get: operations["DeviceModelsRetrieve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all projects
         * @description Returns the projects that the token may see: its own.
         */
        get: operations["ProjectsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a project
         * @description Retrieves the project that the token belongs to.
         */
        get: operations["ProjectsRetrieve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all devices
         * @description Returns a list of devices, the most recently created first.
         */
        get: operations["DevicesList"];
        put?: never;
        /**
         * Create a device
         * @description Creates a new device with the given parameters. An IMEI is registered once in a project.
         */
        post: operations["DevicesCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import devices
         * @description Takes one device a line (NDJSON) for as long as the body goes on, and answers each with a line of its own, behind the commit that makes it durable. A line that cannot be taken is `rejected` with its error and stops nothing. A device that is there already is `unchanged` when it holds all that its line says, else rejected: so an import that broke off is sent again as it is, and an `Idempotency-Key` is not looked at. Where the import itself fails, the last line is the error.
         */
        post: operations["DevicesImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export devices
         * @description Returns all devices that the token may see, oldest first, as they are at one moment, in the form that an import accepts. NDJSON is exact. In CSV, an apostrophe precedes text that a spreadsheet would run as a formula, and empty text; an import removes it. A response that breaks off is incomplete.
         */
        get: operations["DevicesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count devices
         * @description Counts the devices of the project by what they are and by when they were registered, all at one moment; deleted ones are not in it.
         */
        get: operations["DevicesStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search for devices
         * @description Finds the device with the given IMEI.
         */
        post: operations["DevicesSearch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/devices/{device}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a device
         * @description Retrieves the details of an existing device, with its model, SIMs and user.
         */
        get: operations["DevicesRetrieve"];
        put?: never;
        post?: never;
        /**
         * Delete a device
         * @description Deletes a device and returns it as it was. Its SIMs are free again.
         */
        delete: operations["DevicesDelete"];
        options?: never;
        head?: never;
        /**
         * Update a device
         * @description Updates the given properties of an existing device; those not given stay. `sims` replaces the whole set.
         */
        patch: operations["DevicesUpdate"];
        trace?: never;
    };
    "/projects/{project}/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all users
         * @description Returns a list of users, the most recently created first.
         */
        get: operations["UsersList"];
        put?: never;
        /**
         * Create a user
         * @description Creates a new user with the given parameters. An address is given once in a project, whatever its case.
         */
        post: operations["UsersCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/users/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export users
         * @description Returns all users that the token may see, oldest first, as they are at one moment, in the form that an import accepts. NDJSON is exact. In CSV, an apostrophe precedes text that a spreadsheet would run as a formula, and empty text; an import removes it. A response that breaks off is incomplete.
         */
        get: operations["UsersExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/users/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search for users
         * @description Finds the user with the given e-mail address, compared without case.
         */
        post: operations["UsersSearch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a user
         * @description Retrieves the details of an existing user.
         */
        get: operations["UsersRetrieve"];
        put?: never;
        post?: never;
        /**
         * Delete a user
         * @description Deletes a user and returns it as it was. The user's devices stay, without user and name.
         */
        delete: operations["UsersDelete"];
        options?: never;
        head?: never;
        /**
         * Update a user
         * @description Updates the given properties of an existing user.
         */
        patch: operations["UsersUpdate"];
        trace?: never;
    };
    "/projects/{project}/users/{user}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a user token
         * @description Creates a token that acts as the user until it expires or the user is deleted: it sees their own devices, the SIMs on them and their own user, and may register, claim, change and release devices. Only an API key may make one.
         */
        post: operations["UserTokensCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/sims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all SIMs
         * @description Returns a list of SIMs, the most recently created first; retired ones only when asked for.
         */
        get: operations["SimsList"];
        put?: never;
        /**
         * Create a SIM
         * @description Creates a new SIM with the given parameters. An ICCID is given once in a project.
         */
        post: operations["SimsCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/sims/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export SIMs
         * @description Returns all SIMs that the token may see, oldest first, as they are at one moment, in the form that an import accepts. NDJSON is exact. In CSV, an apostrophe precedes text that a spreadsheet would run as a formula, and empty text; an import removes it. A response that breaks off is incomplete.
         */
        get: operations["SimsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/sims/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search for SIMs
         * @description Finds the SIM with the given ICCID and, where given, type.
         */
        post: operations["SimsSearch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project}/sims/{sim}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a SIM
         * @description Retrieves the details of an existing SIM.
         */
        get: operations["SimsRetrieve"];
        put?: never;
        post?: never;
        /**
         * Delete a SIM
         * @description Deletes a SIM that is on no device and returns it as it was.
         */
        delete: operations["SimsDelete"];
        options?: never;
        head?: never;
        /**
         * Update a SIM
         * @description Updates the given properties of an existing SIM.
         */
        patch: operations["SimsUpdate"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** CreateDevice */
        CreateDevice: {
            /**
             * @description The IMEI (international mobile equipment identity), 15 digits, or the IMEISV, 16 digits, which is turned into it. A `live` project refuses a check digit that does not fit.
             * @example 492388841798923
             */
            imei: string;
            /**
             * @description Unique user identifier for the device owner.
             * @example usr_0SNlurA049MEWV4OpCwsNyC9Kn2d
             */
            user?: string | null;
            /**
             * @description Identifiers of all SIMs on the device, in the order they are to be listed. In `test` projects an API key may give `sim_test_esim` or `sim_test_psim` instead: each time, a new SIM of provider `test` is made.
             * @example [
             *       "sim_0SNlurA049MEWV1BAAmWZULA4lf6"
             *     ]
             */
            sims?: string[] | null;
            /**
             * @description An optional custom name.
             * @example Anna's iPhone 12 Pro
             */
            name?: string | null;
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
        };
        /** CreateSim */
        CreateSim: {
            /**
             * @description The ICCID, 19 or 20 digits (ITU-T E.118). A filler `F` behind 19 digits is dropped.
             * @example 89883070000007537119
             */
            iccid: string;
            /**
             * @default eSIM
             * @enum {string}
             */
            type?: "eSIM" | "pSIM";
            /**
             * @description The network provider behind the SIM, in the words of the operator.
             * @default p1
             * @example p9
             */
            provider?: string;
            /**
             * @default inactive
             * @enum {string}
             */
            status?: "inactive" | "active" | "retired";
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
        };
        /** CreateUser */
        CreateUser: {
            /**
             * Format: email
             * @example jerry@example.com
             */
            email: string;
            /**
             * Format: date
             * @example 2017-07-21
             */
            birthday?: string | null;
            /** @description Whether the operator has verified the address. */
            emailVerified?: boolean;
            /** @example Jerry Seinfeld */
            fullName?: string | null;
            /**
             * @description A BCP 47 language tag; the project's first locale where not given.
             * @example en-US
             */
            preferredLocale?: string;
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
        };
        /** CreateUserToken */
        CreateUserToken: {
            /**
             * @description How long the token holds, in seconds.
             * @default 3600
             */
            expiresIn?: number;
        };
        /**
         * Device
         * @description A phone, watch, router or other device, tied to a user's plan.
         */
        Device: {
            /** @constant */
            object: "device";
            /**
             * @description Unique identifier for the device.
             * @example dev_0SNlurA049MEWV55CrA9qMvI2FVJ
             */
            id: string;
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @example 2021-02-14T19:38:34Z
             */
            createdAt: string;
            /**
             * @description The IMEI, 15 digits.
             * @example 492388841798923
             */
            imei: string | null;
            /** @description The catalogue's entry for the TAC, null while it has none. */
            model: components["schemas"]["DeviceModel"] | null;
            /**
             * @description An optional custom name.
             * @example Anna's iPhone 12 Pro
             */
            name: string | null;
            /** @description The SIMs on this device. */
            sims: components["schemas"]["Sim"][];
            /** @description The owner of the device. */
            user: components["schemas"]["User"] | null;
        };
        /**
         * DeviceList
         * @description A page of Device objects, newest first.
         */
        DeviceList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Device"][];
            /** @description Send it as `after` for the next items, when there are any. */
            moreItemsAfter: string | null;
            /** @description Send it as `before` for the previous items, when there are any. */
            moreItemsBefore: string | null;
        };
        /**
         * DeviceModel
         * @description An entry of the catalogue, found by the TAC of an IMEI.
         */
        DeviceModel: {
            /** @constant */
            object: "deviceModel";
            /**
             * @description Unique identifier for the device model.
             * @example dmd_0SNlurA04OUskUGfGAn3Rh
             */
            id: string;
            /**
             * @description The brand of the device model.
             * @example Apple
             */
            brand: string;
            /**
             * @description The device model's name.
             * @example iPhone 12 Pro
             */
            name: string;
            /**
             * @description The SIM types that the model takes. Empty if they are unknown.
             * @example [
             *       "eSIM",
             *       "pSIM"
             *     ]
             */
            simTypes: ("eSIM" | "pSIM")[];
            /**
             * @description The type of the device model.
             * @example smartphone
             * @enum {string}
             */
            type: "car" | "iot" | "laptop" | "router" | "smartphone" | "feature-phone" | "smartwatch" | "tablet" | "wearable" | "other";
        };
        /**
         * DeviceModelBrands
         * @description The brands that have a model, in alphabetical order.
         */
        DeviceModelBrands: {
            /** @constant */
            object: "deviceModelBrands";
            items: string[];
        };
        /**
         * DeviceModelList
         * @description A page of DeviceModel objects, newest first.
         */
        DeviceModelList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["DeviceModel"][];
            /** @description Send it as `after` for the next items, when there are any. */
            moreItemsAfter: string | null;
            /** @description Send it as `before` for the previous items, when there are any. */
            moreItemsBefore: string | null;
        };
        /**
         * DeviceStatistics
         * @description How many devices a project has, the commonest first; null stands for what the catalogue does not know.
         */
        DeviceStatistics: {
            /** @constant */
            object: "deviceStatistics";
            /**
             * @description How many devices.
             * @example 12
             */
            devices: number;
            /** @description Of each brand. */
            brands: {
                /**
                 * @description The brand of the device model.
                 * @example Apple
                 */
                brand: string | null;
                /**
                 * @description How many devices.
                 * @example 12
                 */
                devices: number;
            }[];
            /** @description Of each type. */
            types: {
                /**
                 * @description The type of the device model.
                 * @example smartphone
                 * @enum {string|null}
                 */
                type: "car" | "iot" | "laptop" | "router" | "smartphone" | "feature-phone" | "smartwatch" | "tablet" | "wearable" | "other" | null;
                /**
                 * @description How many devices.
                 * @example 12
                 */
                devices: number;
            }[];
            /** @description Of those that take just these types of SIM; empty where that is not known. */
            simTypes: {
                /**
                 * @description The SIM types that the model takes. Empty if they are unknown.
                 * @example [
                 *       "eSIM",
                 *       "pSIM"
                 *     ]
                 */
                simTypes: ("eSIM" | "pSIM")[];
                /**
                 * @description How many devices.
                 * @example 12
                 */
                devices: number;
            }[];
            /** @description When they were registered: at most 60 periods of one length, a minute at least, from that of the first to that of the last. `from` is in it, `until` is not. */
            registered: {
                /**
                 * Format: date-time
                 * @example 2021-02-14T19:38:34Z
                 */
                from: string;
                /**
                 * Format: date-time
                 * @example 2021-02-14T19:38:34Z
                 */
                until: string;
                /**
                 * @description How many devices.
                 * @example 12
                 */
                devices: number;
            }[];
            /** @description Of each of the 50 commonest models. */
            models: {
                /** @description The model. */
                model: components["schemas"]["DeviceModel"] | null;
                /**
                 * @description How many devices.
                 * @example 12
                 */
                devices: number;
            }[];
        };
        /** Error */
        Error: {
            /** @constant */
            object: "error";
            /** @enum {string} */
            type: "malformed" | "unauthenticated" | "permissionDenied" | "notFound" | "methodNotAllowed" | "conflict" | "preconditionFailed" | "payloadTooLarge" | "unsupportedMediaType" | "invalid" | "tooManyRequests" | "internal" | "serviceUnavailable";
            /** @description What is wrong, for a person. */
            message: string;
            /** @enum {string} */
            code?: "propertyRequired" | "propertyUnknown" | "propertyInvalid" | "invalidImei" | "invalidIccid" | "deviceImeiAlreadyExists" | "deviceSimAlreadyUsed" | "userAlreadyExists" | "simAlreadyExists";
            /** @description How to mend it. */
            hint?: string;
            documentation?: string[];
            /** @description One for every offending property. */
            details?: components["schemas"]["PropertyErrorDetail"][];
        };
        /**
         * ExportedDevice
         * @description A device as an export shows it, and an import takes it.
         */
        ExportedDevice: {
            /**
             * @description Unique identifier for the device.
             * @example dev_0SNlurA049MEWV55CrA9qMvI2FVJ
             */
            id: string;
            /**
             * @description The IMEI, 15 digits.
             * @example 492388841798923
             */
            imei: string;
            /**
             * @description The owner's e-mail address.
             * @example jerry@example.com
             */
            user: string | null;
            /**
             * @description The ICCIDs of its SIMs.
             * @example [
             *       "89883070000007537119"
             *     ]
             */
            iccids: string[];
            /** @example Anna's iPhone 12 Pro */
            name: string | null;
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
        };
        /**
         * ExportedSim
         * @description A SIM as an export shows it, and an import takes it.
         */
        ExportedSim: {
            /**
             * @description Unique identifier for the SIM.
             * @example sim_0SNlurA049MEWV1BAAmWZULA4lf6
             */
            id: string;
            /**
             * @description The ICCID, 19 or 20 digits.
             * @example 89883070000007537119
             */
            iccid: string;
            /** @enum {string} */
            type: "eSIM" | "pSIM";
            /**
             * @description The network provider behind the SIM, in the words of the operator.
             * @example p9
             */
            provider: string;
            /** @enum {string} */
            status: "inactive" | "active" | "retired";
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
        };
        /**
         * ExportedUser
         * @description A user as an export shows them, and an import takes them.
         */
        ExportedUser: {
            /**
             * @description Unique identifier for the user.
             * @example usr_0SNlurA049MEWV4OpCwsNyC9Kn2d
             */
            id: string;
            /**
             * Format: email
             * @example jerry@example.com
             */
            email: string;
            /** @example Jerry Seinfeld */
            fullName: string | null;
            /**
             * Format: date
             * @example 2017-07-21
             */
            birthday: string | null;
            /**
             * @description A BCP 47 language tag; the project's first locale where not given.
             * @example en-US
             */
            preferredLocale: string;
            /** @description Whether the operator has verified the address. */
            emailVerified: boolean;
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
        };
        /** ImportDevice */
        ImportDevice: {
            /**
             * @description The IMEI (international mobile equipment identity), 15 digits, or the IMEISV, 16 digits, which is turned into it. A `live` project refuses a check digit that does not fit.
             * @example 492388841798923
             */
            imei: string;
            /**
             * @description The owner: their e-mail address, or their id.
             * @example jerry@example.com
             */
            user?: string | null;
            /**
             * @description The ICCIDs of all SIMs on the device, in the order they are to be listed.
             * @example [
             *       "89883070000007537119"
             *     ]
             */
            iccids?: string[] | null;
            /**
             * @description An optional custom name.
             * @example Anna's iPhone 12 Pro
             */
            name?: string | null;
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
            /** @description Passed over: an export has it. */
            id?: string;
        };
        /**
         * ImportResult
         * @description What became of a line.
         */
        ImportResult: {
            /** @constant */
            object: "importResult";
            /** @description The line of the body, counted from 1. */
            line: number;
            /**
             * @description `unchanged` is a device that is there already and holds all that its line says.
             * @enum {string}
             */
            status: "created" | "unchanged" | "rejected";
            /**
             * @description Unique identifier for the device.
             * @example dev_0SNlurA049MEWV55CrA9qMvI2FVJ
             */
            id?: string;
            error?: components["schemas"]["Error"];
        };
        /**
         * Project
         * @description A separate registry: nothing in one project is visible in another.
         */
        Project: {
            /** @constant */
            object: "project";
            /** @example demo */
            id: string;
            /** @example Demo */
            name: string;
            /**
             * @description A `live` project rejects IMEIs with a wrong check digit; a `test` project accepts made-up IMEIs.
             * @enum {string}
             */
            type: "live" | "test";
            /**
             * @description BCP 47 language tags. The first is the default of new users.
             * @example [
             *       "en-US"
             *     ]
             */
            locales: string[];
            /**
             * Format: date-time
             * @example 2021-02-14T19:38:34Z
             */
            createdAt: string;
        };
        /**
         * ProjectList
         * @description A page of Project objects, newest first.
         */
        ProjectList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Project"][];
            /** @description Send it as `after` for the next items, when there are any. */
            moreItemsAfter: string | null;
            /** @description Send it as `before` for the previous items, when there are any. */
            moreItemsBefore: string | null;
        };
        /** PropertyErrorDetail */
        PropertyErrorDetail: {
            /** @constant */
            object: "propertyErrorDetail";
            /** @enum {string} */
            code: "propertyRequired" | "propertyUnknown" | "propertyInvalid" | "invalidImei" | "invalidIccid" | "deviceImeiAlreadyExists" | "deviceSimAlreadyUsed" | "userAlreadyExists" | "simAlreadyExists";
            message: string;
            /** @description The offending property; `metadata.colour` and `sims[0]` for inner ones. */
            property: string;
            /** @description What was probably meant. */
            suggestion: string | null;
        };
        /** SearchDeviceModels */
        SearchDeviceModels: {
            /**
             * @description An IMEI of 15 digits or IMEISV of 16. Only its TAC counts: the check digit is not judged.
             * @example 492388841798923
             */
            imei: string;
        };
        /** SearchDevices */
        SearchDevices: {
            /**
             * @description The IMEI (international mobile equipment identity), 15 digits, or the IMEISV, 16 digits, which is turned into it. A `live` project refuses a check digit that does not fit.
             * @example 492388841798923
             */
            imei: string;
        };
        /** SearchSims */
        SearchSims: {
            /**
             * @description The ICCID, 19 or 20 digits (ITU-T E.118). A filler `F` behind 19 digits is dropped.
             * @example 89883070000007537119
             */
            iccid: string;
            /** @enum {string} */
            type?: "eSIM" | "pSIM";
        };
        /** SearchUsers */
        SearchUsers: {
            /**
             * Format: email
             * @example jerry@example.com
             */
            email: string;
        };
        /**
         * Sim
         * @description A SIM card or an eSIM profile. It is on one device at most.
         */
        Sim: {
            /** @constant */
            object: "sim";
            /**
             * @description Unique identifier for the SIM.
             * @example sim_0SNlurA049MEWV1BAAmWZULA4lf6
             */
            id: string;
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @example 2021-02-14T19:38:34Z
             */
            createdAt: string;
            /**
             * @description The ICCID, 19 or 20 digits.
             * @example 89883070000007537119
             */
            iccid: string;
            /**
             * @description The network provider behind the SIM, in the words of the operator.
             * @example p9
             */
            provider: string;
            /** @enum {string} */
            status: "inactive" | "active" | "retired";
            /** @enum {string} */
            type: "eSIM" | "pSIM";
        };
        /**
         * SimList
         * @description A page of Sim objects, newest first.
         */
        SimList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["Sim"][];
            /** @description Send it as `after` for the next items, when there are any. */
            moreItemsAfter: string | null;
            /** @description Send it as `before` for the previous items, when there are any. */
            moreItemsBefore: string | null;
        };
        /** UpdateDevice */
        UpdateDevice: {
            /**
             * @description An optional custom name.
             * @example Anna's iPhone 12 Pro
             */
            name?: string | null;
            /** @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved. Merged into what is stored; a key set to null is removed. */
            metadata?: {
                [key: string]: string | null;
            };
            /**
             * @description Identifiers of all SIMs on the device, in the order they are to be listed. In `test` projects an API key may give `sim_test_esim` or `sim_test_psim` instead: each time, a new SIM of provider `test` is made.
             * @example [
             *       "sim_0SNlurA049MEWV1BAAmWZULA4lf6"
             *     ]
             */
            sims?: string[];
            /**
             * @description Unique user identifier for the device owner.
             * @example usr_0SNlurA049MEWV4OpCwsNyC9Kn2d
             */
            user?: string | null;
        };
        /** UpdateSim */
        UpdateSim: {
            /** @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved. Merged into what is stored; a key set to null is removed. */
            metadata?: {
                [key: string]: string | null;
            };
            /** @enum {string} */
            status?: "inactive" | "active" | "retired";
            /**
             * @description The network provider behind the SIM, in the words of the operator.
             * @example p9
             */
            provider?: string;
        };
        /** UpdateUser */
        UpdateUser: {
            /**
             * Format: email
             * @example jerry@example.com
             */
            email?: string;
            /**
             * Format: date
             * @example 2017-07-21
             */
            birthday?: string | null;
            /** @description Whether the operator has verified the address. */
            emailVerified?: boolean;
            /** @example Jerry Seinfeld */
            fullName?: string | null;
            /**
             * @description A BCP 47 language tag; the project's first locale where not given.
             * @example en-US
             */
            preferredLocale?: string;
            /** @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved. Merged into what is stored; a key set to null is removed. */
            metadata?: {
                [key: string]: string | null;
            };
        };
        /**
         * User
         * @description An end consumer, who can have devices and SIMs.
         */
        User: {
            /** @constant */
            object: "user";
            /**
             * @description Unique identifier for the user.
             * @example usr_0SNlurA049MEWV4OpCwsNyC9Kn2d
             */
            id: string;
            /**
             * @description Up to 10 pairs of strings: keys of 1 to 40 characters, values of up to 255. Keys beginning `gigs.com` are reserved.
             * @example {
             *       "colour": "blue"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date
             * @example 2017-07-21
             */
            birthday: string | null;
            /**
             * Format: date-time
             * @example 2021-02-14T19:38:34Z
             */
            createdAt: string;
            /**
             * Format: email
             * @example jerry@example.com
             */
            email: string;
            /** @description Whether the operator has verified the address. */
            emailVerified: boolean;
            /** @example Jerry Seinfeld */
            fullName: string | null;
            /**
             * @description A BCP 47 language tag; the project's first locale where not given.
             * @example en-US
             */
            preferredLocale: string;
        };
        /**
         * UserList
         * @description A page of User objects, newest first.
         */
        UserList: {
            /** @constant */
            object: "list";
            items: components["schemas"]["User"][];
            /** @description Send it as `after` for the next items, when there are any. */
            moreItemsAfter: string | null;
            /** @description Send it as `before` for the previous items, when there are any. */
            moreItemsBefore: string | null;
        };
        /**
         * UserToken
         * @description Lets an app act as one user: see their devices and nothing else.
         */
        UserToken: {
            /** @constant */
            object: "userToken";
            /**
             * @description Unique identifier for the user token.
             * @example utk_0SNlurA049MEWV55CrA9qMvI2FVJ
             */
            id: string;
            /**
             * @description Unique identifier for the user.
             * @example usr_0SNlurA049MEWV4OpCwsNyC9Kn2d
             */
            user: string;
            /**
             * Format: date-time
             * @example 2021-02-14T19:38:34Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2021-02-14T19:38:34Z
             */
            expiresAt: string;
            /** @description The token itself. It is shown this once, and kept only as a hash. */
            token: string;
        };
    };
    responses: {
        /** @description The body is no JSON, or empty where one is required. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The token is missing, unknown, expired or revoked. */
        Unauthorized: {
            headers: {
                /** @description Always `Bearer`. */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A user token may not do this. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no such object, or it is not for this token to see. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A request with the same idempotency key is in flight. */
        Conflict: {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The object has changed since: `If-Match` does not hold. */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is larger than 64 KiB. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is not declared as what the operation takes. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A parameter is not valid, or does not fit the present state. `details` names each. */
        UnprocessableEntity: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too many requests with this token, or too many failed authentications from this address. */
        TooManyRequests: {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A fault of the server, logged under the request id. */
        InternalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The store cannot answer now. Try again after `Retry-After` seconds. */
        ServiceUnavailable: {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    DeviceModelBrandsList: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The brands that have a model, in alphabetical order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModelBrands"];
                };
            };
            401: components["responses"]["Unauthorized"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DeviceModelsList: {
        parameters: {
            query?: {
                /** @description Only models of this type. Several, comma-separated or repeated, mean any of them. */
                type?: ("car" | "iot" | "laptop" | "router" | "smartphone" | "feature-phone" | "smartwatch" | "tablet" | "wearable" | "other")[];
                /** @description Only models of this brand, compared without case. Several, comma-separated or repeated, mean any of them. */
                brand?: string[];
                /** @description Only models that take this type of SIM. Several, comma-separated or repeated, mean any of them. */
                simType?: ("eSIM" | "pSIM")[];
                /** @description Only those whose name begins so, compared without case. */
                q?: string;
                /** @description An id: only items right after it (older) are returned. Not with `before`. */
                after?: string;
                /** @description An id: only items right before it (newer) are returned. Not with `after`. */
                before?: string;
                /** @description The most items to return. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of DeviceModel objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModelList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DeviceModelsSearch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "imei": "492388841798923"
                 *     }
                 */
                "application/json": components["schemas"]["SearchDeviceModels"];
            };
        };
        responses: {
            /** @description A page of DeviceModel objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModelList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DeviceModelsRetrieve: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy at hand: 304 without a body when it is still good. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the device model. */
                deviceModel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An entry of the catalogue, found by the TAC of an IMEI. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModel"];
                };
            };
            /** @description The copy at hand is still good. */
            304: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    ProjectsList: {
        parameters: {
            query?: {
                /** @description An id: only items right after it (older) are returned. Not with `before`. */
                after?: string;
                /** @description An id: only items right before it (newer) are returned. Not with `after`. */
                before?: string;
                /** @description The most items to return. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of Project objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    ProjectsRetrieve: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy at hand: 304 without a body when it is still good. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A separate registry: nothing in one project is visible in another. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description The copy at hand is still good. */
            304: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesList: {
        parameters: {
            query?: {
                /** @description Only the device that this SIM is on. */
                sim?: string;
                /** @description Only devices of this user. */
                user?: string;
                /** @description Only models of this type. Several, comma-separated or repeated, mean any of them. */
                type?: ("car" | "iot" | "laptop" | "router" | "smartphone" | "feature-phone" | "smartwatch" | "tablet" | "wearable" | "other")[];
                /** @description Only models of this brand, compared without case. Several, comma-separated or repeated, mean any of them. */
                brand?: string[];
                /** @description Only models that take this type of SIM. Several, comma-separated or repeated, mean any of them. */
                simType?: ("eSIM" | "pSIM")[];
                /** @description Only devices with this type allocation code. Several, comma-separated or repeated, mean any of them. */
                tac?: string[];
                /** @description Only devices created at this time (RFC 3339) or later. */
                createdAfter?: string;
                /** @description Only devices created before this time (RFC 3339). */
                createdBefore?: string;
                /** @description Only those whose name begins so, compared without case. */
                q?: string;
                /** @description An id: only items right after it (older) are returned. Not with `before`. */
                after?: string;
                /** @description An id: only items right before it (newer) are returned. Not with `after`. */
                before?: string;
                /** @description The most items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of Device objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "imei": "492388841798923",
                 *       "name": "Anna's iPhone 12 Pro",
                 *       "sims": [
                 *         "sim_test_esim"
                 *       ],
                 *       "metadata": {
                 *         "colour": "blue"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreateDevice"];
            };
        };
        responses: {
            /** @description A phone, watch, router or other device, tied to a user's plan. */
            201: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "imei": "353255072901231",
                 *       "name": "Tablet of the front desk",
                 *       "metadata": {
                 *         "floor": "2"
                 *       }
                 *     }
                 */
                "application/x-ndjson": components["schemas"]["ImportDevice"];
            };
        };
        responses: {
            /** @description A line for each line of the body, in its order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ImportResult"] | components["schemas"]["Error"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesExport: {
        parameters: {
            query?: {
                /** @description The format of the export. */
                format?: "csv" | "ndjson";
            };
            header?: never;
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line, or a row, for each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ExportedDevice"];
                    "text/csv": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesStatistics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many devices a project has, the commonest first; null stands for what the catalogue does not know. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceStatistics"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesSearch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "imei": "492388841798923"
                 *     }
                 */
                "application/json": components["schemas"]["SearchDevices"];
            };
        };
        responses: {
            /** @description A page of Device objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesRetrieve: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy at hand: 304 without a body when it is still good. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the device. */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A phone, watch, router or other device, tied to a user's plan. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description The copy at hand is still good. */
            304: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesDelete: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` that the object must still have: 412 when somebody has changed it since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the device. */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A phone, watch, router or other device, tied to a user's plan. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    DevicesUpdate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the object must still have: 412 when somebody has changed it since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the device. */
                device: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Work phone",
                 *       "metadata": {
                 *         "colour": null,
                 *         "floor": "3"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["UpdateDevice"];
            };
        };
        responses: {
            /** @description A phone, watch, router or other device, tied to a user's plan. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    UsersList: {
        parameters: {
            query?: {
                /** @description An id: only items right after it (older) are returned. Not with `before`. */
                after?: string;
                /** @description An id: only items right before it (newer) are returned. Not with `after`. */
                before?: string;
                /** @description The most items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of User objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    UsersCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "jerry@example.com",
                 *       "fullName": "Jerry Seinfeld",
                 *       "birthday": "2017-07-21",
                 *       "preferredLocale": "en-US"
                 *     }
                 */
                "application/json": components["schemas"]["CreateUser"];
            };
        };
        responses: {
            /** @description An end consumer, who can have devices and SIMs. */
            201: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    UsersExport: {
        parameters: {
            query?: {
                /** @description The format of the export. */
                format?: "csv" | "ndjson";
            };
            header?: never;
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line, or a row, for each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ExportedUser"];
                    "text/csv": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    UsersSearch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "jerry@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["SearchUsers"];
            };
        };
        responses: {
            /** @description A page of User objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    UsersRetrieve: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy at hand: 304 without a body when it is still good. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the user. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An end consumer, who can have devices and SIMs. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The copy at hand is still good. */
            304: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    UsersDelete: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` that the object must still have: 412 when somebody has changed it since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the user. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An end consumer, who can have devices and SIMs. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    UsersUpdate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the object must still have: 412 when somebody has changed it since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the user. */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fullName": "Jerome Seinfeld",
                 *       "emailVerified": true
                 *     }
                 */
                "application/json": components["schemas"]["UpdateUser"];
            };
        };
        responses: {
            /** @description An end consumer, who can have devices and SIMs. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    UserTokensCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the user. */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "expiresIn": 3600
                 *     }
                 */
                "application/json": components["schemas"]["CreateUserToken"];
            };
        };
        responses: {
            /** @description Lets an app act as one user: see their devices and nothing else. */
            201: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    SimsList: {
        parameters: {
            query?: {
                /** @description Only SIMs of this provider. Several, comma-separated or repeated, mean any of them. */
                provider?: string[];
                /** @description Only SIMs in this state; `inactive,active` where not given. Several, comma-separated or repeated, mean any of them. */
                status?: ("inactive" | "active" | "retired")[];
                /** @description Only SIMs of this type. Several, comma-separated or repeated, mean any of them. */
                type?: ("eSIM" | "pSIM")[];
                /** @description Only SIMs on devices of this user. */
                user?: string;
                /** @description An id: only items right after it (older) are returned. Not with `before`. */
                after?: string;
                /** @description An id: only items right before it (newer) are returned. Not with `after`. */
                before?: string;
                /** @description The most items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of Sim objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    SimsCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "iccid": "89883070000007537119",
                 *       "type": "eSIM",
                 *       "provider": "p9"
                 *     }
                 */
                "application/json": components["schemas"]["CreateSim"];
            };
        };
        responses: {
            /** @description A SIM card or an eSIM profile. It is on one device at most. */
            201: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sim"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    SimsExport: {
        parameters: {
            query?: {
                /** @description The format of the export. */
                format?: "csv" | "ndjson";
            };
            header?: never;
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line, or a row, for each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ExportedSim"];
                    "text/csv": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    SimsSearch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "iccid": "89883070000007537119"
                 *     }
                 */
                "application/json": components["schemas"]["SearchSims"];
            };
        };
        responses: {
            /** @description A page of Sim objects, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    SimsRetrieve: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy at hand: 304 without a body when it is still good. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the SIM. */
                sim: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A SIM card or an eSIM profile. It is on one device at most. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sim"];
                };
            };
            /** @description The copy at hand is still good. */
            304: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    SimsDelete: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any string that is new for each change, such as a UUID. The same request sent again within 24 hours gets the first answer again, with `idempotent-replayed: true`, and changes nothing. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` that the object must still have: 412 when somebody has changed it since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the SIM. */
                sim: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A SIM card or an eSIM profile. It is on one device at most. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sim"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    SimsUpdate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the object must still have: 412 when somebody has changed it since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Unique identifier for the project. */
                project: string;
                /** @description Unique identifier for the SIM. */
                sim: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "status": "active"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateSim"];
            };
        };
        responses: {
            /** @description A SIM card or an eSIM profile. It is on one device at most. */
            200: {
                headers: {
                    /** @description Names this state of the object (RFC 9110 §8.8.3). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sim"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
