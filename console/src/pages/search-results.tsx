import { useEffect } from 'preact/hooks'
import { find } from '../find/find.ts'
import { GROUPS, type Hit, hrefOfGroup, hrefOfHit, iconOf, KINDS } from '../find/hit.ts'
import { HitNote, HitTitle } from '../find/hit-text.tsx'
import { readIdentifier } from '../identifier/read.ts'
import { remarkOn } from '../identifier/remark.ts'
import { useLoaded } from '../loading.ts'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import '../parts/object-line.css'
import { Part } from '../parts/part.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf, redirect } from '../router.ts'
import { useSession } from '../session.ts'

/** The maximum number of results of each kind. The lists show the rest. */
const LIMIT = 10

/** Everything that a text finds, in groups. A single hit opens at once. */
export function Results({ text }: { text: string }) {
  const { handset } = useSession()
  const [loaded] = useLoaded((signal) => find(handset, KINDS, text, { signal, limit: LIMIT }), [handset, text])
  return (
    <>
      {/* It is there before its text, since screen readers announce changes only. */}
      <p class="visually-hidden" role="status">
        {loaded.state === 'ready' && `${loaded.value.length} found`}
      </p>
      <WhenLoaded loaded={loaded} title="Search">
        {(hits) => (hits.length === 0 ? <Nothing text={text} /> : <Groups text={text} hits={hits} />)}
      </WhenLoaded>
    </>
  )
}

function Groups({ text, hits }: { text: string; hits: readonly Hit[] }) {
  const [only] = hits
  useEffect(() => {
    if (hits.length === 1 && only !== undefined) redirect(hrefOfHit(only))
  }, [])
  const groups = Map.groupBy(hits, ({ kind }) => kind)
  return (
    <>
      <Heading title={`Results for “${text}”`} />
      <div class="results">
        {[...groups].map(([kind, members]) => (
          <Part
            key={kind}
            title={GROUPS[kind]}
            action={members.length === LIMIT && <a href={hrefOfGroup(kind, text)}>Show all</a>}
          >
            <ul class="object-list">
              {members.map((hit) => (
                <li key={hit.object.id}>
                  <div class="object-line">
                    <Icon name={iconOf(hit)} />
                    <span>
                      <a href={hrefOfHit(hit)}>
                        <HitTitle hit={hit} />
                      </a>
                      <span class="quiet numeric">
                        <HitNote hit={hit} />
                      </span>
                    </span>
                  </div>
                </li>
              ))}
            </ul>
          </Part>
        ))}
      </div>
    </>
  )
}

function Nothing({ text }: { text: string }) {
  const reading = readIdentifier(text)
  const { tone, text: remark } = remarkOn(reading)
  return (
    <>
      <Heading title="Search" />
      <Empty title={`Nothing was found for “${text}”.`}>
        <p>
          {tone === 'doubtful' || reading.kind === 'digits'
            ? remark
            : 'Try the start of a name or e-mail address, or a number without its first digits.'}
        </p>
        <ForEditors>
          <p>
            Is it someone new? <a href={hrefOf('/users/new')}>Add a user</a>.
          </p>
        </ForEditors>
      </Empty>
    </>
  )
}
