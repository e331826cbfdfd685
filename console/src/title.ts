import { useEffect } from 'preact/hooks'

/** Names the page in the tab and in the browser's history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Handset`
  }, [title])
}
