/** The reveal: every option, or the most frequent spellings, with how many gave it; the right one is marked. */
import type { AnswerGroup, Tally } from '../host/tally.ts'
import { formatNumber, letterOf } from '../lib/text.ts'
import type { FrameQuestion } from '../player/view.ts'
import { Icon } from './icon.tsx'
import { OptionBadge } from './option-badge.tsx'

const MOST_SPELLINGS = 6
/** Spellings have no hue of their own: green and slate. */
const RIGHT_HUE = 3
const WRONG_HUE = 7

interface Bar {
  text: string
  isRight: boolean
  count: number | undefined
  /** Of an option; typed answers have none. */
  index?: number
}

export const AnswerBars = ({ question, tally }: { question: FrameQuestion; tally: Tally | undefined }) => {
  const bars = question.options
    ? optionBars(question.options, question.answer, tally)
    : spellingBars(question.answer, tally?.groups)
  const most = Math.max(1, ...bars.map((bar) => bar.count ?? 0))
  return (
    <ul className="bars">
      {bars.map((bar, place) => (
        <li
          className={`bar-row hue-${bar.index ?? (bar.isRight ? RIGHT_HUE : WRONG_HUE)}`}
          data-right={bar.isRight}
          key={bar.index ?? `${place} ${bar.text}`}
        >
          {bar.index === undefined ? (
            <span className="bar-mark">
              <Icon name={bar.isRight ? 'check' : 'cross'} size={24} />
            </span>
          ) : (
            <>
              <OptionBadge index={bar.index} />
              <span className="visually-hidden">{letterOf(bar.index)}: </span>
            </>
          )}
          <span className="bar-text" dir="auto">
            {bar.text}
          </span>
          <span className="bar-note">
            {bar.isRight && (
              <span className="tag tag-live">
                <Icon name="check" size={16} /> Right
              </span>
            )}
            {bar.count !== undefined && (
              <b className="digits">
                {formatNumber(bar.count)}
                <span className="visually-hidden"> {bar.count === 1 ? 'answer' : 'answers'}</span>
              </b>
            )}
          </span>
          {bar.count !== undefined && (
            <span className="bar-track" aria-hidden="true">
              <span className="bar-fill" style={{ width: `${(bar.count / most) * 100}%` }} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

const optionBars = (options: readonly string[], key: string | undefined, tally: Tally | undefined): Bar[] => {
  const groups = new Map(tally?.groups.map((group) => [group.answer, group]))
  return options.map((text, index) => ({
    text,
    index,
    // The host can accept more than the key.
    isRight: text === key || groups.get(text)?.isCorrect === true,
    count: tally ? (groups.get(text)?.count ?? 0) : undefined,
  }))
}

/** The key first, then what was written. */
const spellingBars = (key: string | undefined, groups: readonly AnswerGroup[] = []): Bar[] => {
  const written = groups
    .slice(0, MOST_SPELLINGS)
    .map(({ answer, isCorrect, count }) => ({ text: answer, isRight: isCorrect, count }))
  const isThere = written.some((bar) => bar.text.toLocaleLowerCase() === key?.toLocaleLowerCase())
  return key === undefined || isThere ? written : [{ text: key, isRight: true, count: undefined }, ...written]
}
