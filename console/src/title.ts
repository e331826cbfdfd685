import { useEffect } from 'preact/hooks'

/** Sets the title of the tab, which the browser's history shows too. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Handset`
  }, [title])
}
