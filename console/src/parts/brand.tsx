import './brand.css'

/** The name of the product and its logo. */
export function Brand() {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect x="9" y="4" width="14" height="24" rx="3.5" />
        <path d="M13.5 10h5M13.5 14h3" />
        <circle cx="16" cy="22.5" r="1.5" />
      </svg>
      Handset
    </span>
  )
}
