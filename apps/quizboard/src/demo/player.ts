/** One simulated player: joins, keeps a WebSocket, and answers as people do: at their own pace, not always rightly. */
import { type Api, sleep } from '../client/api.ts'

export interface Answerable {
  question_id: string
  options?: string[]
  state: 'open' | 'closed'
}
interface QuizFrame {
  type: 'quiz'
  state: 'open' | 'running' | 'closed'
  question?: Answerable
}

export interface PlayerOptions {
  api: Api
  /** `http://…` of the product. */
  url: string
  quizId: string
  name: string
  /** How the right answer to a question is found by those who know it. */
  knownAnswer(questionId: string): string | undefined
}

const RECONNECT_MS = 1_000
/** Answers come in the first seconds of a question, the quick ones sooner. */
const THINKING_MS = { least: 900, most: 8_500 }
const CHANGES_MIND = 0.12

/** Resolves once the quiz is over for this player. */
export const play = async (options: PlayerOptions): Promise<void> => {
  const { api, quizId, name } = options
  const { token } = await api.call<{ token: string }>('POST', `/quizzes/${quizId}/players`, { body: { name } })
  const skill = 0.35 + 0.6 * Math.random()
  const pace = Math.random()
  const seen = new Set<string>()
  let over = false

  const answerLater = async ({ question_id, options: choices }: Answerable) => {
    const spread = THINKING_MS.most - THINKING_MS.least
    await sleep(THINKING_MS.least + spread * (0.25 * pace + 0.75 * Math.random() ** 1.5))
    await submit(question_id, choose(options.knownAnswer(question_id), choices, skill))
    if (Math.random() >= CHANGES_MIND) return
    await sleep(500 + 1_500 * Math.random())
    await submit(question_id, choose(options.knownAnswer(question_id), choices, skill))
  }
  const submit = async (question_id: string, answer: string) => {
    const body = { question_id, answer, answer_id: crypto.randomUUID() }
    // The question may have closed meanwhile, as for people who think too long.
    await api.call('POST', `/answers/${quizId}`, { token, body }).catch(() => {})
  }

  const watch = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${options.url.replace(/^http/, 'ws')}/live/${quizId}`)
      socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', token }))
      socket.onmessage = ({ data }) => {
        const frame: QuizFrame | { type: string } = JSON.parse(String(data))
        if (!('state' in frame)) return
        const question = frame.question
        if (frame.state === 'closed') {
          over = true
          socket.close()
        } else if (question?.state === 'open' && !seen.has(question.question_id)) {
          seen.add(question.question_id)
          void answerLater(question)
        }
      }
      socket.onerror = () => {}
      socket.onclose = () => resolve()
    })
  while (!over) {
    await watch()
    if (!over) await sleep(RECONNECT_MS * (1 + Math.random()))
  }
}

const choose = (right: string | undefined, choices: string[] | undefined, skill: number): string => {
  if (right !== undefined && Math.random() < skill) return right
  if (!choices) return GUESSES[Math.floor(Math.random() * GUESSES.length)] ?? 'perhaps'
  return choices[Math.floor(Math.random() * choices.length)] ?? ''
}
const GUESSES = ['no idea', 'perhaps', 'century', 'cover', 'walrus', 'oxes', 'quiet', 'teached', 'anagram', 'typhoon']
