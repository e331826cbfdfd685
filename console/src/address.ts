/** The address of the console, such as `https://ops.example/handset/console/`: the folder above that of this module. */
const home = new URL(/* @vite-ignore */ '..', import.meta.url)

/** The path of the console, without a slash at the end. */
export const CONSOLE_PATH = home.pathname.replace(/\/$/, '')

/** The base URL of the API that serves the console. */
export const API_URL = new URL('..', home).href

/** Makes the address of the page's icon absolute. A relative one would change with the address of the page. */
export function fixIcon(): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (icon !== null) icon.setAttribute('href', icon.href)
}
