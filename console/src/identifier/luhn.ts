/** The check digit of an IMEI: Luhn over its first 14 digits (3GPP TS 23.003 Annex B). */
export function checkDigit(imei: string): string {
  const sum = Array.from(imei.slice(0, 14), Number).reduce((sum, digit, position) => {
    const weighted = position % 2 === 0 ? digit : digit * 2
    return sum + (weighted > 9 ? weighted - 9 : weighted)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

export function hasCheckDigit(imei: string): boolean {
  return imei.length === 15 && imei[14] === checkDigit(imei)
}
