/** One answer of one player: admission by what is known of the quiz at this moment, then its place in the next commit. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { type Admission, admit } from '../domain/admission.ts'
import { decideAnswer, type Rules } from '../domain/decide-answer.ts'
import type { Definition } from '../domain/definition.ts'
import { type AnswerStore, Fenced, StoreUnavailable } from '../ports/answer-store.ts'
import type { PlayerOperation } from './committer.ts'
import type { CurrentCommitter } from './current-committer.ts'
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
  /** Of the registration of this moment; undefined: there is none. */
  committer: CurrentCommitter
  /** Resolves to true once there is one, or to false if there was none in time. */
  registered(): Promise<boolean>
  cache: QuizCache
  stops: Stops
  inFlight: InFlight
  clock: Clock
  observer: Observer
}): Submit => {
  const { store, committer, registered, cache, stops, inFlight, clock, observer } = deps

  /** By what is known at this moment. */
  const judge = (call: AnswerCall, receivedAt: number, definition = cache.definition(call.quiz_id)): Verdict => {
    const quiz = cache.find(call.quiz_id)
    if (!quiz || !definition) return { kind: 'unknown' }
    return admit(quiz, definition, call, (id) => stops.has(quiz.quiz_id, id), receivedAt)
  }
  const isFinal = (verdict: Verdict, { answer_id }: AnswerCall): true | undefined => {
    if (verdict.kind === 'open') return true
    if (verdict.kind === 'unknown' || verdict.stage === 'early') return undefined
    // One without an answer_id has no copies.
    return verdict.stage === 'final' || answer_id === undefined ? true : undefined
  }

  /** Admission and its place in the queue are one step: no stop and no corrected key can come between. */
  const enqueue = (call: AnswerCall, receivedAt: number): Promise<SubmitOutcome> | NotOpen => {
    const commits = committer()
    if (!commits) return Promise.resolve(FENCED)
    const definition = cache.definition(call.quiz_id)
    const verdict = judge(call, receivedAt, definition)
    const rules = cache.find(call.quiz_id)?.rules
    if (verdict.kind !== 'open') return verdict
    if (!rules || !definition) return { kind: 'unknown' }
    const outcome = commits.run(answerOperation(call, rules, definition, verdict, receivedAt)).catch(asOutcome)
    inFlight.addSubmission({ ...call, answer_id: call.answer_id }, outcome)
    return outcome
  }

  const count = (outcome: SubmitOutcome): SubmitOutcome => {
    if (outcome.kind === 'accepted') observer.accepted()
    else if (outcome.kind === 'refused') observer.rejected(outcome.code)
    else if (outcome.kind === 'busy' && outcome.isClosing) observer.rejected('closing')
    else if (outcome.kind !== 'repeated') observer.rejected(outcome.kind)
    return outcome
  }
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

  /** By what is known now, or is on its way. */
  const attempt = async (call: AnswerCall, receivedAt: number): Promise<SubmitOutcome> => {
    const first = enqueue(call, receivedAt)
    if (first instanceof Promise) return first
    // Whatever else is wrong, a repeat gets its first result.
    const repeat = await repeatOf(call)
    if (repeat) return repeat
    if (isFinal(first, call)) return refusalOf(first, call)
    const definition = await cache.loadDefinition(call.quiz_id)
    if (definition) await cache.until(call.quiz_id, () => isFinal(judge(call, receivedAt, definition), call))
    if (isEarly(judge(call, receivedAt, definition)) && !(await cache.isUpToDate()))
      return (await repeatOf(call)) ?? BEHIND
    // It may have been corrected meanwhile, or have had to make room.
    await cache.loadDefinition(call.quiz_id)
    const second = enqueue(call, receivedAt)
    if (second instanceof Promise) return second
    // Its copy may have been accepted while this one waited.
    return (await repeatOf(call)) ?? refusalOf(second, call)
  }

  return {
    repeated,
    async submit(call) {
      const receivedAt = clock.now()
      for (let left = FENCES_MAX; ; left--) {
        const outcome = await attempt(call, receivedAt)
        if (outcome.kind !== 'fenced') return count(outcome)
        if (left === 0 || !(await registered()))
          return count({ kind: 'busy', why: 'This replica is joining the others' })
      }
    },
  }
}

/** Nothing is refused for good whose copy may still count: whoever was told so would have been told wrong. */
const refusalOf = (verdict: NotOpen, { answer_id }: AnswerCall): SubmitOutcome => {
  if (verdict.kind === 'unknown') return { kind: 'busy', why: 'The questions of the quiz are not known here yet' }
  if (verdict.stage === 'closing' && answer_id !== undefined)
    return { kind: 'busy', why: 'The question is being closed', isClosing: true }
  return { kind: 'refused', code: verdict.code }
}

/** What is not known here to be open may be open. */
const isEarly = (verdict: Verdict) =>
  verdict.kind === 'unknown' || (verdict.kind === 'refused' && verdict.stage === 'early')
const BEHIND: SubmitOutcome = { kind: 'busy', why: 'The state of the quiz cannot be read at this moment' }

const FENCED: SubmitOutcome = { kind: 'fenced' }
/** One submission is judged again so often. */
const FENCES_MAX = 5

const asOutcome = (error: unknown): SubmitOutcome => {
  if (error instanceof Fenced) return FENCED
  if (error instanceof StoreUnavailable) return { kind: 'busy', why: 'Answers cannot be stored at this moment' }
  return { kind: 'failed', error }
}

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
