/** How spreadsheets write long numbers, with the decimal separators of all languages: `4.9E+14`, `4,92389E+14`. */
export const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+?\d+$/i

/** The hint for such a number, without the period at the end. */
export const DAMAGED_NUMBER =
  'A spreadsheet turned this into a number, and digits are lost: format the column as text and export it again'
