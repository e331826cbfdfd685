const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** The day of a time. The tooltip shows the minute. */
export function Day({ at }: { at: string }) {
  const date = new Date(at)
  return (
    <time datetime={at} title={DAY_AND_TIME.format(date)}>
      {DAY.format(date)}
    </time>
  )
}

/** A date without a time zone, such as a birthday: `2001-12-31`. */
export function CalendarDay({ date }: { date: string }) {
  return <time datetime={date}>{DAY.format(new Date(`${date}T00:00:00`))}</time>
}

/** A time, to the minute. */
export function Moment({ at }: { at: string }) {
  return <time datetime={at}>{DAY_AND_TIME.format(new Date(at))}</time>
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

/** The time of a day, to the minute. */
export function TimeOfDay({ at }: { at: Date }) {
  return <time datetime={at.toISOString()}>{TIME.format(at)}</time>
}
