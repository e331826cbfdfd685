import { SetupError } from '../errors.ts'

/**
 * Decodes a file of UTF-8 piece by piece, and an empty piece at its end; `line` is the one that a piece begins in. Throws
 * `SetupError` where it is of another encoding, which would be read as other letters, and nobody would notice.
 */
export function createDecoder(): (piece: Buffer, line: number) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  return (piece, line) => {
    try {
      return decoder.decode(piece, { stream: piece.length > 0 })
    } catch {
      const sound = piece.toString().split('\ufffd', 1)[0] as string
      throw new SetupError(
        `The file is not UTF-8 near line ${line + sound.split('\n').length - 1}. ` +
          'Save it as UTF-8, which spreadsheets call "CSV UTF-8", and import that.',
      )
    }
  }
}
