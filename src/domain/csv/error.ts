/** A column that cannot be used. */
export interface ColumnFault {
  column: string
  message: string
  /** The column that was probably meant, or null. */
  suggestion: string | null
}

/** A file that cannot be read as the expected table. Nothing of it is imported. */
export class CsvError extends Error {
  readonly hint: string
  /** The columns that caused the error, if any. */
  readonly columns: readonly ColumnFault[]

  constructor(message: string, hint: string, columns: readonly ColumnFault[] = []) {
    super(message)
    this.hint = hint
    this.columns = columns
  }
}
