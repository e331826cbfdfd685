import './brand.css'

/** The logo: two handsets, linked to an H. The same drawing is in `icon.svg`. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="logo-ground" width="32" height="32" rx="8" />
      <path d="M8.5 6.5h3A1.5 1.5 0 0 1 13 8v16a1.5 1.5 0 0 1-1.5 1.5h-3A1.5 1.5 0 0 1 7 24V8a1.5 1.5 0 0 1 1.5-1.5ZM20.5 6.5h3A1.5 1.5 0 0 1 25 8v16a1.5 1.5 0 0 1-1.5 1.5h-3A1.5 1.5 0 0 1 19 24V8a1.5 1.5 0 0 1 1.5-1.5ZM13 14.3h6v3.4h-6Z" />
      <path class="logo-detail" d="M10 22.2v.1M22 22.2v.1" />
    </svg>
  )
}

/** The name of the product with its logo. */
export function Brand() {
  return (
    <span class="brand">
      <Logo />
      Handset
    </span>
  )
}
