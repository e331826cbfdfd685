/** How a client is made. */
export interface ClientOptions {
  /** Where the server is, such as `https://handset.example.com`. */
  baseUrl: string
  /** An API key, or a user token. */
  token: string
  /** The project that calls are about. Without it, only the catalogue and the list of projects can be asked for. */
  project?: string | undefined
  /** Sends the requests; the platform's own `fetch` where not given. */
  fetch?: typeof fetch | undefined
  /** How long one attempt may take, in milliseconds; 30,000 where not given. */
  timeout?: number | undefined
  /** How often a request is tried again after it failed; 2 where not given. */
  retries?: number | undefined
}

/** What any call may be told. */
export interface RequestOptions {
  /** Ends the call, also while it waits to try again: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** How long one attempt may take, in milliseconds, instead of the client's own setting. */
  timeout?: number | undefined
}

/** Request headers that some operations take. */
export interface HeaderOptions {
  /**
   * Names this change: the same call with the same key changes nothing a second time, and gives the first answer. One is
   * made for every call that does not bring its own.
   */
  idempotencyKey?: string | undefined
  /** The `etagOf` of the object as it was read: the call fails with `preconditionFailed` where it has changed since. */
  ifMatch?: string | undefined
  /** The `etagOf` of the copy at hand: the call gives null where that is still good. */
  ifNoneMatch?: string | undefined
}

/** The options of one operation, with the headers that it takes. */
export type Options<Header extends keyof HeaderOptions = never> = RequestOptions & Pick<HeaderOptions, Header>

/** A body of lines (NDJSON), sent as it is. */
export type Lines = string | Blob | ReadableStream<Uint8Array>
