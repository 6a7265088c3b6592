/** What was corrected, when, and how many answers it changed. */
import type { Regrade } from '../../api/host.ts'
import { Button } from '../../components/button.tsx'
import { LoadTrouble } from '../../components/trouble.tsx'
import { changesOf, type Judged } from '../../host/corrections.ts'
import type { Regrades } from '../../host/use-regrades.ts'
import { formatNumber, plural } from '../../lib/text.ts'

interface RegradeListProps {
  regrades: Regrades
  questionOf: (questionId: string) => (Judged & { position: number }) | undefined
}

/** Nothing as long as nothing was corrected. */
export const RegradeList = ({ regrades: { items, error, more, reload }, questionOf }: RegradeListProps) => {
  if (!items?.length && !error) return null
  return (
    <section className="card stack" aria-labelledby="regrades-title">
      <h2 id="regrades-title">Corrections</h2>
      {error && !items?.length ? <LoadTrouble error={error} retry={reload} /> : null}
      <ol className="stack regrades">
        {items?.map((regrade) => (
          <Row key={regrade.revision} regrade={regrade} question={questionOf(regrade.question_id)} />
        ))}
      </ol>
      {more && (
        <div>
          <Button kind="quiet" onClick={more}>
            Show more
          </Button>
        </div>
      )}
    </section>
  )
}

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

const Row = ({ regrade, question }: { regrade: Regrade; question: (Judged & { position: number }) | undefined }) => {
  const { key, accepted, rejected } = changesOf(question ?? {}, regrade)
  const parts = [
    { what: 'key corrected to', texts: key === undefined ? [] : [key] },
    { what: 'accepted', texts: accepted },
    { what: 'no longer right:', texts: rejected },
  ].filter(({ texts }) => texts.length > 0)
  return (
    <li>
      <p>
        {question && <b>Question {question.position}: </b>}
        {parts.length === 0
          ? 'nothing new'
          : parts.map((part, index) => (
              <span key={part.what}>
                {index > 0 && '; '}
                {part.what} <Words texts={part.texts} />
              </span>
            ))}
      </p>
      <p className="small soft">
        <time dateTime={regrade.made_at}>{clock.format(new Date(regrade.made_at))}</time>
        {' · '}
        {regrade.done_at === null ? (
          <span className="regrade-busy">
            <span className="spinner" aria-hidden="true" /> The answers are being judged again …
          </span>
        ) : (
          `${plural(regrade.answers, 'answer')} judged again, ${formatNumber(regrade.changed)} changed`
        )}
      </p>
    </li>
  )
}

const Words = ({ texts }: { texts: readonly string[] }) =>
  texts.map((text, index) => (
    <span key={text}>
      {index > 0 && ', '}“<bdi>{text}</bdi>”
    </span>
  ))
