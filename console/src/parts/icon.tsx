import type { DeviceModel } from '@handset/sdk'
import './icon.css'

/** Paths on a grid of 20. Icons have the colour of the text. */
const PATHS = {
  search: 'M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Zm4 9.5 3.5 3.5',
  copy: 'M7 7V4.5A1.5 1.5 0 0 1 8.5 3h7A1.5 1.5 0 0 1 17 4.5v7a1.5 1.5 0 0 1-1.5 1.5H13M4.5 7h7A1.5 1.5 0 0 1 13 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7Z',
  check: 'm4 10.5 4 4 8-9',
  cross: 'm5 5 10 10M15 5 5 15',
  plus: 'M10 4v12M4 10h12',
  minus: 'M5 10h10',
  question: 'M7.5 7.5a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2 1-1.2 1.8M10 14.4v.1',
  warning: 'M10 3.2 17.5 16h-15L10 3.2Zm0 5v3.6M10 13.8v.1',
  menu: 'M3 6h14M3 10h14M3 14h14',
  sun: 'M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  moon: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z',
  screen: 'M4 4h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM10 14v3M7 17h6',
  keyboard:
    'M3.5 5h13A1.5 1.5 0 0 1 18 6.5v7a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 2 13.5v-7A1.5 1.5 0 0 1 3.5 5ZM5 8h.1M8.3 8h.1M11.6 8h.1M15 8h.1M5 10.5h.1M15 10.5h.1M7.5 12.5h5',
  leave: 'M8 3.5H5A1.5 1.5 0 0 0 3.5 5v10A1.5 1.5 0 0 0 5 16.5h3M12.5 6.5 16 10l-3.5 3.5M16 10H7.5',
  history: 'M3.5 10a6.5 6.5 0 1 1 1.9 4.6M3.5 10 2 8.2M3.5 10l1.9-1.7M10 6.5V10l2.5 1.8',
  user: 'M10 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM3.8 16.5a6.2 6.2 0 0 1 12.4 0',
  sim: 'M5.5 3h6L15 6.5v9A1.5 1.5 0 0 1 13.5 17h-8A1.5 1.5 0 0 1 4 15.5v-11A1.5 1.5 0 0 1 5.5 3ZM7 10h5.5v4H7v-4Zm2.7 0v4',
  upload: 'M10 13V4M6.5 7 10 3.5 13.5 7M3.5 13v2A1.5 1.5 0 0 0 5 16.5h10a1.5 1.5 0 0 0 1.5-1.5v-2',
  chart: 'M3.5 3v12A1.5 1.5 0 0 0 5 16.5h12M7 13v-3M10.5 13V6.5M14 13V8.5',
  book: 'M10 5.5C8.5 4.2 6.5 3.8 3.5 3.8v11c3 0 5 .4 6.5 1.7 1.5-1.3 3.5-1.7 6.5-1.7v-11c-3 0-5 .4-6.5 1.7Zm0 0v11',
  smartphone:
    'M7 2.5h6A1.5 1.5 0 0 1 14.5 4v12a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 16V4A1.5 1.5 0 0 1 7 2.5ZM9 15h2',
  'feature-phone':
    'M7 2.5h6A1.5 1.5 0 0 1 14.5 4v12a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 16V4A1.5 1.5 0 0 1 7 2.5ZM7.8 5h4.4v4H7.8V5ZM8 12h.1M10 12h.1M12 12h.1M8 14.5h.1M10 14.5h.1M12 14.5h.1',
  tablet:
    'M5 2.5h10A1.5 1.5 0 0 1 16.5 4v12a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 16V4A1.5 1.5 0 0 1 5 2.5ZM8.5 15h3',
  laptop: 'M5 4h10a1 1 0 0 1 1 1v8H4V5a1 1 0 0 1 1-1ZM2.5 13h15l-1 2.5h-13l-1-2.5Z',
  router:
    'M4.5 11h11A1.5 1.5 0 0 1 17 12.5v2a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-2A1.5 1.5 0 0 1 4.5 11ZM6 13.5h.1M9 13.5h.1M13.5 11V8M11 5.5a3.5 3.5 0 0 1 5 0',
  car: 'M4 9.5 5.5 5.5A1.5 1.5 0 0 1 7 4.5h6a1.5 1.5 0 0 1 1.5 1l1.5 4M4 9.5h12A1.5 1.5 0 0 1 17.5 11v4h-15v-4A1.5 1.5 0 0 1 4 9.5ZM4 15v1.5M16 15v1.5M5.5 12h.1M14.5 12h.1',
  smartwatch:
    'M7 6h6a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 13 14H7a1.5 1.5 0 0 1-1.5-1.5v-5A1.5 1.5 0 0 1 7 6ZM7.5 6l.5-3.5h4l.5 3.5M7.5 14l.5 3.5h4l.5-3.5',
  wearable: 'M10 4a6 6 0 1 1 0 12 6 6 0 0 1 0-12Zm0 3.5V10l2 1.5',
  iot: 'M6.5 6.5h7v7h-7v-7ZM8.5 3.5v3M11.5 3.5v3M8.5 13.5v3M11.5 13.5v3M3.5 8.5h3M3.5 11.5h3M13.5 8.5h3M13.5 11.5h3',
  other: 'M10 3.5 16 7v6.5L10 17l-6-3.5V7l6-3.5ZM4.2 7 10 10.3 15.8 7M10 10.3V17',
} satisfies Record<DeviceModel['type'], string> & Record<string, string>

export type IconName = keyof typeof PATHS

/** An icon. It is hidden from screen readers, since the words beside it say the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
