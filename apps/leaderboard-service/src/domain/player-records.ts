/** What a record of the topic `quiz.players` says. */
import { playerEvent } from '@quizboard/shared/contracts/events.ts'
import type { Join } from './board.ts'
import { idProblem, type Malformed, malformed, parseJson, problemsOf } from './records.ts'

export type PlayerRecord = { kind: 'join'; quizId: string; join: Join } | Malformed

export const parsePlayerRecord = (value: string): PlayerRecord => {
  const json = parseJson(value)
  if (json === undefined) return malformed('not_json', 'the value is not a JSON object')
  const parsed = playerEvent.safeParse(json)
  if (!parsed.success) return malformed('invalid', problemsOf(parsed.error))
  const { quiz_id, user_id, name, joined_at } = parsed.data
  const joinedAt = Date.parse(joined_at)
  if (Number.isNaN(joinedAt)) return malformed('invalid', 'joined_at is not a time')
  const problem = idProblem('quiz_id', quiz_id) ?? idProblem('user_id', user_id)
  if (problem !== undefined) return malformed('invalid', problem)
  return {
    kind: 'join',
    quizId: quiz_id,
    join: { userId: user_id, name: name.toWellFormed().replaceAll('\0', ''), joinedAt },
  }
}
