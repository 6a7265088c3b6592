/** What was answered to a question, how often, and what the host may do about it: accept, reject, correct the key. */
import { useState } from 'react'
import type { Key, Regrade } from '../../api/host.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { OptionBadge } from '../../components/option-badge.tsx'
import { type Judged, type Variant, variantsOf } from '../../host/corrections.ts'
import type { Tally } from '../../host/tally.ts'
import { formatNumber, letterOf } from '../../lib/text.ts'
import { type Asked, RegradeDialog } from './regrade-dialog.tsx'

export interface QuestionAnswersProps {
  quizId: string
  question: Judged & { question_id: string; position: number }
  keyed: Key
  tally: Tally
  onMade: (regrade: Regrade) => void
}

/** Of ten thousand players each may write something of their own. */
const MOST = 12

export const QuestionAnswers = ({ quizId, question, keyed, tally, onMade }: QuestionAnswersProps) => {
  const [asked, setAsked] = useState<Asked>()
  const [most, setMost] = useState(MOST)
  const variants = variantsOf(question, keyed, tally.groups)
  const hidden = variants.length - most
  return (
    <div className="stack answers">
      <ul className="answers-list" aria-label={`Answers to question ${question.position}`}>
        {variants.slice(0, most).map((variant) => (
          <VariantRow key={variant.answer} variant={variant} onAsk={setAsked} />
        ))}
      </ul>
      <div className="row">
        {hidden > 0 && (
          <Button kind="quiet" onClick={() => setMost(most + 5 * MOST)}>
            Show more ({formatNumber(hidden)})
          </Button>
        )}
        <Button kind="quiet" icon="edit" onClick={() => setAsked({ kind: 'key' })}>
          Correct the key<span className="visually-hidden"> of question {question.position}</span>
        </Button>
      </div>
      {asked && (
        <RegradeDialog
          quizId={quizId}
          question={question}
          keyed={keyed}
          tally={tally}
          asked={asked}
          onClose={() => setAsked(undefined)}
          onMade={(regrade) => {
            setAsked(undefined)
            onMade(regrade)
          }}
        />
      )}
    </div>
  )
}

const STANDING = { key: 'Key', accepted: 'Right', wrong: 'Wrong' } as const

const VariantRow = ({ variant, onAsk }: { variant: Variant; onAsk: (asked: Asked) => void }) => {
  const { answer, count, index, standing } = variant
  const isRight = standing !== 'wrong'
  return (
    <li className={`answers-row hue-${index ?? 7}`} data-right={isRight}>
      {index === undefined ? (
        <span className="answers-mark">
          <Icon name={isRight ? 'check' : 'cross'} />
        </span>
      ) : (
        <>
          <OptionBadge index={index} />
          <span className="visually-hidden">{letterOf(index)}: </span>
        </>
      )}
      <span className="answers-text">
        <span dir="auto">{answer}</span> <span className={isRight ? 'tag tag-live' : 'tag'}>{STANDING[standing]}</span>
      </span>
      <b className="digits answers-count">
        {formatNumber(count)}
        <span className="visually-hidden"> {count === 1 ? 'answer' : 'answers'}</span>
      </b>
      <span className="answers-action">
        {standing !== 'key' && (
          <Button onClick={() => onAsk({ kind: isRight ? 'reject' : 'accept', answer })}>
            {isRight ? 'Reject' : 'Accept'}
            <span className="visually-hidden"> “{answer}”</span>
          </Button>
        )}
      </span>
    </li>
  )
}
