/** Whether `Accept-Encoding` names a coding with a weight above 0 (RFC 9110 §12.5.3). */
export function acceptsCoding(field: string | undefined, coding: string): boolean {
  return (field ?? '').split(',').some((part) => {
    const [name, weight = ''] = part.split(';')
    return name?.trim().toLowerCase() === coding && !/^\s*q=0(\.0*)?\s*$/.test(weight)
  })
}
