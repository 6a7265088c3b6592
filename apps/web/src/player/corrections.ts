/** The host corrected a key, and an own answer got another verdict: how that is noticed, and what is said of it. */
import { formatNumber } from '../lib/text.ts'
import type { LiveState } from '../live/state.ts'
import type { OwnAnswer } from './own-answer.ts'

type Answers = ReadonlyMap<string, OwnAnswer>

/**
 * Whether the board's score is another one than the own answers add up to: a key was corrected, another device of the same
 * player answered, or somebody else's producer gave points. To be asked when nothing is on its way.
 */
export const isUnexplained = (own: {
  answers: Answers | undefined
  live: LiveState
  pending: readonly unknown[]
}): boolean => {
  if (!own.answers || !own.live.you || own.pending.length > 0) return false
  const sum = [...own.answers.values()].reduce((total, { score = 0 }) => total + score, 0)
  return sum !== own.live.you.score
}

/** The answers that were judged again since `before`. */
export const judgedAgain = (before: Answers | undefined, after: Answers | undefined): OwnAnswer[] =>
  before && after
    ? [...after.values()].filter(({ question_id, regraded }) => {
        const known = before.get(question_id)
        return known && regraded && regraded.at !== known.regraded?.at
      })
    : []

const WHO = 'Points corrected by the teacher'

/** For the player whose screen is open; `positionOf`: of a question that this browser saw. */
export const correctionText = (
  corrected: readonly OwnAnswer[],
  positionOf: (questionId: string) => number | undefined,
): string => {
  const [own] = corrected
  if (!own || corrected.length > 1) return `${WHO} in ${corrected.length} questions.`
  const position = positionOf(own.question_id)
  const question = position === undefined ? 'an answer of yours' : `question ${position}`
  const points = own.score === undefined ? '' : `, ${formatNumber(own.score)} points`
  return `${WHO}: ${question} now counts as ${own.is_correct ? 'right' : 'wrong'}${points}.`
}

/** Under the answer itself; undefined: its first verdict stands. */
export const correctionNote = ({ is_correct, score, regraded }: OwnAnswer): string | undefined => {
  if (!regraded) return undefined
  const { was } = regraded
  if (was.is_correct === is_correct && was.score === score) return undefined
  return `${WHO}: it was ${was.is_correct ? 'right' : 'wrong'}, ${formatNumber(was.score)} points.`
}
