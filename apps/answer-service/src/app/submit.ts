/** One answer of one player: admission by what is known of the quiz at this moment, then its place in the next commit. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { type Admission, admit, type RefusalCode } from '../domain/admission.ts'
import { decideAnswer, type Rules } from '../domain/decide-answer.ts'
import type { Definition } from '../domain/definition.ts'
import { type AnswerStore, StoreUnavailable } from '../ports/answer-store.ts'
import type { Committer, PlayerOperation } from './committer.ts'
import type { InFlight } from './in-flight.ts'
import type { Observer } from './observer.ts'
import type { SubmitOutcome } from './outcome.ts'
import type { QuizCache } from './quiz-cache.ts'
import type { Stops } from './stops.ts'

export interface AnswerCall {
  /** Canonical. */
  quiz_id: string
  user_id: string
  question_id: string
  answer: string
  answer_id?: string | undefined
}

export interface Submit {
  /**
   * Resolves once the answer is durable, or with why it was not accepted. Waits a moment for a state of the quiz that may be on its
   * way. Never rejects.
   */
  submit(call: AnswerCall): Promise<SubmitOutcome>
  /** What an answer_id got before; also one that is being committed. */
  repeated(quizId: string, userId: string, answerId: string): Promise<SubmitOutcome | undefined>
}

type Verdict = Admission | { kind: 'unknown' }
type NotOpen = Exclude<Verdict, { kind: 'open' }>

export const createSubmit = (deps: {
  store: AnswerStore
  committer: Committer
  cache: QuizCache
  stops: Stops
  inFlight: InFlight
  clock: Clock
  observer: Observer
}): Submit => {
  const { store, committer, cache, stops, inFlight, clock, observer } = deps

  /** By what is known at this moment. */
  const judge = (call: AnswerCall, definition: Definition | undefined, receivedAt: number): Verdict => {
    const quiz = cache.find(call.quiz_id)
    if (!quiz || !definition) return { kind: 'unknown' }
    return admit(quiz, definition, call, (id) => stops.has(quiz.quiz_id, id), receivedAt)
  }
  const isFinal = (verdict: Verdict): true | undefined =>
    verdict.kind === 'open' || (verdict.kind === 'refused' && !verdict.early) ? true : undefined

  /** Admission and its place in the queue are one step: no stop can come between. */
  const enqueue = (
    call: AnswerCall,
    definition: Definition | undefined,
    receivedAt: number,
  ): Promise<SubmitOutcome> | NotOpen => {
    const verdict = judge(call, definition, receivedAt)
    const rules = cache.find(call.quiz_id)?.rules
    if (verdict.kind !== 'open') return verdict
    if (!rules || !definition) return { kind: 'unknown' }
    const outcome = committer.run(answerOperation(call, rules, definition, verdict, receivedAt)).catch(asOutcome)
    inFlight.add({ ...call, answer_id: call.answer_id }, outcome)
    return outcome.then(count)
  }

  const count = (outcome: SubmitOutcome): SubmitOutcome => {
    if (outcome.kind === 'accepted') observer.accepted()
    else if (outcome.kind === 'refused') observer.rejected(outcome.code)
    else if (outcome.kind !== 'repeated') observer.rejected(outcome.kind)
    return outcome
  }
  const refuse = (code: RefusalCode): SubmitOutcome => count({ kind: 'refused', code })

  const repeated: Submit['repeated'] = async (quizId, userId, answerId) => {
    const first = await inFlight.find(quizId, userId, answerId)
    if (first?.kind === 'accepted' || first?.kind === 'repeated') return { kind: 'repeated', result: first.result }
    try {
      const key = { quiz_id: quizId, user_id: userId, question_ids: [], answer_ids: [answerId] }
      const [state] = await store.load([key])
      const result = state?.results.get(answerId)
      return result && { kind: 'repeated', result }
    } catch (error) {
      return asOutcome(error)
    }
  }
  const repeatOf = async ({ quiz_id, user_id, answer_id }: AnswerCall) =>
    answer_id === undefined ? undefined : repeated(quiz_id, user_id, answer_id)

  return {
    repeated,
    async submit(call) {
      const receivedAt = clock.now()
      let definition = cache.definition(call.quiz_id)
      const first = enqueue(call, definition, receivedAt)
      if (first instanceof Promise) return first
      // Whatever else is wrong, a repeat gets its first result.
      const repeat = await repeatOf(call)
      if (repeat) return repeat
      if (!isFinal(first)) {
        definition ??= await cache.loadDefinition(call.quiz_id)
        if (definition) await cache.until(call.quiz_id, () => isFinal(judge(call, definition, receivedAt)))
      }
      const second = enqueue(call, definition, receivedAt)
      if (second instanceof Promise) return second
      // Its copy may have been accepted while this one waited.
      const late = await repeatOf(call)
      if (late) return late
      return second.kind === 'refused'
        ? refuse(second.code)
        : count({ kind: 'busy', why: 'The questions of the quiz are not known here yet' })
    },
  }
}

const asOutcome = (error: unknown): SubmitOutcome =>
  error instanceof StoreUnavailable
    ? { kind: 'busy', why: 'Answers cannot be stored at this moment' }
    : { kind: 'failed', error }

const answerOperation = (
  { quiz_id, user_id, question_id, answer, answer_id }: AnswerCall,
  rules: Rules,
  definition: Definition,
  { question, opened_at }: Extract<Admission, { kind: 'open' }>,
  received_at: number,
): PlayerOperation<SubmitOutcome> => ({
  quiz_id,
  user_id,
  question_ids: rules.scoring === 'streak' ? 'all' : [question_id],
  answer_id,
  decide(state) {
    const decision = decideAnswer(state, rules, definition, question, { answer, answer_id, received_at, opened_at })
    if (decision.kind !== 'accepted') return { change: undefined, outcome: decision }
    const { state: next, doc, event, result } = decision
    const kept = answer_id === undefined ? undefined : { answer_id, result }
    return { change: { state: next, doc, event, result: kept }, outcome: { kind: 'accepted', result } }
  },
})
