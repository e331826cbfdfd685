/** A message of the API. What it puts between backticks is shown as code. */
export function Message({ text }: { text: string }) {
  return (
    <>{text.split('`').map((part, position) => (position % 2 === 0 ? part : <code key={position}>{part}</code>))}</>
  )
}
