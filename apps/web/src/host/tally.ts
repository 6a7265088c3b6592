/** How a question was answered: who, what, and how many. Counted from the host's list of answers, page by page. */
import type { AnswerDoc } from '@quizboard/shared/contracts/rest.ts'
import { normalise } from '@quizboard/shared/domain/normalise.ts'
import type { HostApi } from '../api/host.ts'

export interface AnswerGroup {
  answer: string
  count: number
  isCorrect: boolean
}

export interface Tally {
  answered: number
  right: number
  /** The most frequent first. */
  groups: readonly AnswerGroup[]
}

const PAGE = 1000

/** All answers of a quiz, or of one of its questions. */
export async function* eachAnswer(
  api: Pick<HostApi, 'answers'>,
  quizId: string,
  questionId?: string,
): AsyncGenerator<AnswerDoc[]> {
  let after: string | undefined
  do {
    const page = await api.answers(quizId, {
      limit: PAGE,
      after,
      ...(questionId !== undefined && { question_id: questionId }),
    })
    yield page.answers
    after = page.next ?? undefined
  } while (after !== undefined)
}

export const createTally = () => {
  const groups = new Map<string, AnswerGroup>()
  let answered = 0
  let right = 0
  return {
    add: ({ answer, is_correct = false }: Pick<AnswerDoc, 'answer' | 'is_correct'>, isTyped: boolean): void => {
      answered++
      if (is_correct) right++
      // Spellings that are judged as one are one answer.
      const key = isTyped ? normalise(answer) : answer
      const group = groups.get(key)
      if (group) group.count++
      else groups.set(key, { answer: isTyped ? answer.trim() : answer, count: 1, isCorrect: is_correct })
    },
    result: (): Tally => ({
      answered,
      right,
      groups: [...groups.values()].sort((a, b) => b.count - a.count || (a.answer < b.answer ? -1 : 1)),
    }),
  }
}

export const tallyQuestion = async (
  api: Pick<HostApi, 'answers'>,
  quizId: string,
  questionId: string,
  isTyped: boolean,
): Promise<Tally> => {
  const tally = createTally()
  for await (const page of eachAnswer(api, quizId, questionId)) for (const doc of page) tally.add(doc, isTyped)
  return tally.result()
}
