import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { bareText, type Reading, readIdentifier, remarkOn } from '../identifier.ts'
import { isElsewhere } from '../keys.ts'
import { goTo, hrefOf, replaceWith, usePlace } from '../router.ts'
import { focusPage } from './heading.tsx'
import { Icon } from './icon.tsx'

/** How long to wait after the last key before looking up what is complete: an ICCID is an IMEI on its way. */
const PAUSE = 250

/** What is known to be complete without Enter. */
const COMPLETE = new Set<Reading['kind']>(['imei', 'imeisv', 'iccid', 'id'])

/**
 * The one field that takes everything. What is complete is looked up as it is typed, the rest at Enter; Enter once more
 * leads from the field to what was found.
 */
export function SearchField() {
  const { path, query } = usePlace()
  const asked = path === '/search' ? (query.get('q') ?? '') : ''
  const [text, setText] = useState(asked)
  const field = useRef<HTMLInputElement>(null)
  const reading = readIdentifier(text)
  const remark = remarkOn(reading)

  // The address leads where it was changed otherwise: by a link, or by going back.
  useEffect(() => {
    if (bareText(text) !== asked) setText(asked)
  }, [path, asked])

  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if (isElsewhere(event.target as Element)) return
      event.preventDefault()
      field.current?.select()
    }
    // What is pasted beside every field is meant for this one: it is looked up as if it had been typed.
    const onPaste = (event: ClipboardEvent) => {
      const pasted = event.clipboardData?.getData('text/plain').trim() ?? ''
      if (pasted === '' || isElsewhere(event.target as Element)) return
      event.preventDefault()
      field.current?.focus()
      setText(pasted)
    }
    document.addEventListener('keydown', onKey)
    document.addEventListener('paste', onPaste)
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('paste', onPaste)
    }
  }, [])

  useEffect(() => {
    if (!COMPLETE.has(reading.kind) || bareText(text) === asked) return
    // What another page put into the field is not for this one to look up.
    if (document.activeElement !== field.current) return
    const timer = setTimeout(() => look(text), PAUSE)
    return () => clearTimeout(timer)
  }, [text])

  function look(text: string) {
    const q = bareText(text)
    if (q === '' || q === asked) return
    // An IMEI that goes on to become an ICCID is one search, and so is a text with a letter more.
    const goesOn = asked !== '' && q.startsWith(asked)
    if (goesOn) replaceWith(hrefOf('/search', { q }))
    else goTo(hrefOf('/search', { q }))
  }

  return (
    <search class="search">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (asked !== '' && bareText(text) === asked) focusPage()
          else look(text)
        }}
      >
        <Icon name="search" />
        <input
          ref={field}
          type="text"
          inputMode="search"
          enterkeyhint="search"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          aria-label="IMEI, ICCID, e-mail address or id"
          aria-describedby="search-remark"
          aria-keyshortcuts="/"
          placeholder="IMEI, ICCID, e-mail or id"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            if (text === '') field.current?.blur()
            else setText('')
          }}
        />
        <span class="key-hint" aria-hidden="true">
          /
        </span>
      </form>
      <p id="search-remark" class={`remark remark-${remark.tone}`} role="status">
        {remark.text}
      </p>
    </search>
  )
}
