export const JSON_TYPE = 'application/json; charset=utf-8'
export const NDJSON_TYPE = 'application/x-ndjson'
/** The media types of NDJSON in imports. Responses use the first. */
export const NDJSON_TYPES = [NDJSON_TYPE, 'application/ndjson', 'application/jsonl'] as const
export const CSV_TYPE = 'text/csv'
