import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** A link that downloads a file made in the page. */
export function Download({
  file,
  name,
  button = false,
  children,
}: {
  file: Blob
  name: string
  button?: boolean
  children: ComponentChildren
}) {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return (
    <a class={button ? 'button' : undefined} href={url} download={name}>
      {children}
    </a>
  )
}
