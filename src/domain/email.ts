/** Limits of RFC 5321 §4.5.3.1, in octets. */
const MAX_LOCAL_PART = 64
const MAX_DOMAIN = 255
const MAX_ADDRESS = 254
const MAX_LABEL = 63

/** A local part in quotes, or without the special characters of RFC 5322 §3.2.3. */
const LOCAL_PART = /^(?:"(?:[^"\\]|\\.)+"|[^"@,:;<>()[\]\\]+)$/u
const SPACE_OR_CONTROL = /[\p{Z}\p{Cc}]/u
/** A label in ASCII or Unicode (RFC 5890 §2.3.2). The joiners are part of words in some scripts. */
const LABEL = /^[\p{L}\p{N}](?:(?:[\p{L}\p{M}\p{N}-]|\u200c|\u200d)*[\p{L}\p{M}\p{N}])?$/u

/** Whether a text is an e-mail address, internationalised ones (RFC 6531) included. */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const [localPart, domain] = [text.slice(0, at), text.slice(at + 1)]
  return (
    at > 0 &&
    !SPACE_OR_CONTROL.test(text) &&
    Buffer.byteLength(text) <= MAX_ADDRESS &&
    isLocalPart(localPart) &&
    isDomain(domain)
  )
}

function isLocalPart(text: string): boolean {
  if (Buffer.byteLength(text) > MAX_LOCAL_PART || !LOCAL_PART.test(text)) return false
  return text.startsWith('"') || !/^\.|\.\.|\.$/.test(text)
}

function isDomain(text: string): boolean {
  const labels = text.split('.')
  return (
    Buffer.byteLength(text) <= MAX_DOMAIN &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label) && Buffer.byteLength(label) <= MAX_LABEL)
  )
}
