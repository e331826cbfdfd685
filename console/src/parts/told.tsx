/** A text in which names and values stand between backticks, as the API writes them. */
export function Told({ text }: { text: string }) {
  return <>{text.split('`').map((part, at) => (at % 2 === 0 ? part : <code key={at}>{part}</code>))}</>
}
