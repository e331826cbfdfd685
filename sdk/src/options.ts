/** The options of a client. */
export interface ClientOptions {
  /** The server's URL, such as `https://handset.example.com`. */
  baseUrl: string
  /** An API key, or a user token. Null if `fetch` authenticates the requests itself, for example with a cookie. */
  token: string | null
  /** The project of all calls. Without it, only the catalogue and the list of projects are available. */
  project?: string | undefined
  /** Sends the requests. The default is the platform's `fetch`. */
  fetch?: typeof fetch | undefined
  /** The timeout of one attempt, in milliseconds. The default is 30,000. */
  timeout?: number | undefined
  /** How often a failed request is retried. The default is 2. */
  retries?: number | undefined
}

/** Options that every call accepts. */
export interface RequestOptions {
  /** Aborts the call, even while it waits for a retry. The call rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** The timeout of one attempt, in milliseconds, instead of the client's setting. */
  timeout?: number | undefined
}

/** Request headers that some operations accept. */
export interface HeaderOptions {
  /**
   * Identifies this change. Repeating a call with the same key changes nothing and returns the first response. Calls
   * without a key get a new one.
   */
  idempotencyKey?: string | undefined
  /** The `etagOf` of the object as read. The call fails with `preconditionFailed` if the object has changed since. */
  ifMatch?: string | undefined
  /** The `etagOf` of a copy. The call returns null if the copy is still current. */
  ifNoneMatch?: string | undefined
}

/** The options of one operation, with the headers that it accepts. */
export type Options<Header extends keyof HeaderOptions = never> = RequestOptions & Pick<HeaderOptions, Header>

/** A body of lines (NDJSON), sent unchanged. */
export type Lines = string | Blob | ReadableStream<Uint8Array>

/** Options that only imports accept. */
export interface ImportOptions {
  /**
   * The media type of the body: NDJSON by default, or CSV with its character set: `text/csv; charset=windows-1252`.
   */
  contentType?: string | undefined
}
