import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { find } from '../find/find.ts'
import { type Hit, hrefOfHit, KINDS } from '../find/hit.ts'
import { comboboxProps, HitList, useTypeahead } from '../find/typeahead.tsx'
import { joinLines, pastedText } from '../identifier/paste.ts'
import { bareText, readIdentifier } from '../identifier/read.ts'
import type { Reading } from '../identifier/reading.ts'
import { type Remark, remarkOn } from '../identifier/remark.ts'
import { isDialogOpen, isForFieldOrDialog } from '../key-target.ts'
import { hrefOf, navigate, redirect, useRoute } from '../router.ts'
import { useSession } from '../session.ts'
import { focusPage } from './heading.tsx'
import { Icon } from './icon.tsx'
import './search-field.css'

/** How long to wait after the last key before a lookup, since the start of an ICCID can look like an IMEI. */
const PAUSE = 250

/** What is looked up without Enter. */
const COMPLETE = new Set<Reading['kind']>(['imei', 'imeisv', 'iccid', 'id', 'several', 'eid'])

/** The maximum number of suggestions of each kind. */
const LIMIT = 5

/**
 * The search field of every page. It suggests what it finds while the person types, and Enter opens the only hit or shows
 * all. A complete number or id is looked up when typed or pasted. A second Enter moves the focus to the result.
 */
export function SearchField() {
  const { handset } = useSession()
  const { path, query } = useRoute()
  const asked = path === '/search' ? (query.get('q') ?? '') : ''
  const [text, setText] = useState(asked)
  const field = useRef<HTMLInputElement>(null)
  const reading = readIdentifier(text)
  const typeahead = useTypeahead<Hit>(COMPLETE.has(reading.kind) ? '' : text.trim(), (text, signal) =>
    find(handset, KINDS, text, { signal, limit: LIMIT }),
  )
  const isShown = asked !== '' && bareText(text) === asked
  const remark = typeahead.isOpen ? suggestionsRemark(typeahead.hits.length) : remarkBelow(reading, isShown)
  const lookUpLatest = useRef((_: string) => {})
  lookUpLatest.current = lookUp

  // Follow the address when a link or Back changed it.
  useEffect(() => {
    if (bareText(text) !== asked) setText(asked)
  }, [path, asked])

  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isControlK = event.key === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
      const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey
      if (isControlK ? isDialogOpen() : !isSlash || isForFieldOrDialog(event.target as Element)) return
      event.preventDefault()
      field.current?.select()
    }
    const onPaste = (event: ClipboardEvent) => {
      const pasted = joinLines(pastedText(event))
      const isHere = event.target === field.current
      // A paste outside any field starts a search too.
      if (pasted === '' || (!isHere && isForFieldOrDialog(event.target as Element))) return
      const { kind } = readIdentifier(pasted)
      const isComplete = COMPLETE.has(kind) || kind === 'email'
      // Part of a number is pasted next to the text in the field.
      if (isHere && !isComplete && !pasted.includes(';')) return
      event.preventDefault()
      field.current?.focus()
      setText(pasted)
      if (isComplete) lookUpLatest.current(pasted)
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
    // Only look up what the person typed or pasted here.
    if (document.activeElement !== field.current) return
    const timer = setTimeout(() => lookUp(text), PAUSE)
    return () => clearTimeout(timer)
  }, [text])

  function lookUp(text: string) {
    const q = bareText(text)
    if (q === '' || q === asked) return
    // Continued typing replaces the previous search in the browser's history.
    const continues = asked !== '' && q.startsWith(asked)
    if (continues) redirect(hrefOf('/search', { q }))
    else navigate(hrefOf('/search', { q }))
  }

  function open(hit: Hit) {
    typeahead.close()
    setText('')
    // The heading of the page that opens receives the focus.
    field.current?.blur()
    navigate(hrefOfHit(hit))
  }

  return (
    <search class="search">
      <form
        class="with-popup"
        onSubmit={(event) => {
          event.preventDefault()
          typeahead.close()
          if (typeahead.chosen !== null) open(typeahead.chosen)
          else if (asked !== '' && bareText(text) === asked) focusPage()
          else lookUp(text)
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
          aria-label="Name, e-mail, number or id"
          aria-describedby="search-remark"
          aria-keyshortcuts="/ Control+K"
          placeholder="Name, e-mail, phone number, IMEI, ICCID or id"
          value={text}
          {...comboboxProps('search', typeahead)}
          onInput={({ currentTarget }) => {
            typeahead.type()
            setText(currentTarget.value)
          }}
          onBlur={typeahead.close}
          onKeyDown={(event) => {
            if (typeahead.onKey(event) || event.key !== 'Escape') return
            if (text === '') field.current?.blur()
            else setText('')
          }}
        />
        <span class="key-hint" aria-hidden="true">
          /
        </span>
        <HitList id="search" typeahead={typeahead} onChoose={open} />
      </form>
      <p id="search-remark" class={`remark remark-${remark.tone}`} role="status">
        {remark.text}
      </p>
    </search>
  )
}

/** Screen readers announce how many suggestions there are. */
function suggestionsRemark(count: number): Remark {
  const text = `${count} ${count === 1 ? 'suggestion' : 'suggestions'}. The arrow keys choose one, Enter shows everything.`
  return { tone: 'plain', text }
}

/** What to say about the text. Only a good remark stays once the page below shows the result, which says the rest. */
function remarkBelow(reading: Reading, isShown: boolean): Remark {
  const remark = remarkOn(reading)
  return isShown && remark.tone !== 'good' ? { tone: 'plain', text: '' } : remark
}
