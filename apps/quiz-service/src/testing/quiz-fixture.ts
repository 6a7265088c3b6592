/** A quiz-service on a real HTTP server, with fakes around it, and a client for it. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { createSigner, createVerifier, generateKey, type Signer } from '@quizboard/shared/auth/tokens.ts'
import { type LifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { RegradeRequest } from '@quizboard/shared/contracts/internal.ts'
import { hardenServer, SERVER_OPTIONS } from '@quizboard/shared/http/harden.ts'
import { createRouter } from '@quizboard/shared/http/router.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock, systemRandom } from '@quizboard/shared/kit/system.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { AppendRecord, EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createMemoryQuizStore } from '../adapters/memory-quiz-store.ts'
import type { QuizSettings } from '../config.ts'
import type { Answers } from '../ports/answers.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import { assembleQuizService, type QuizService, type QuizServiceDeps } from '../service.ts'

export const HOST = 'the-host-token-of-this-test'

/** An answer-service that says what it is told to say. */
export interface FakeAnswers extends Answers {
  /** `quiz_id/question_id` of every stop, in order. */
  stopped: string[]
  /** question_ids by user_id. */
  given: Map<string, string[]>
  /** Set: stops wait for it. */
  gate: Promise<void> | undefined
  /** Of every regrade, in order; its pages are of two answers, of `answersPerQuestion`. */
  regraded: RegradeRequest[]
  answersPerQuestion: number
}
export const createFakeAnswers = (): FakeAnswers => {
  const answers: FakeAnswers = {
    stopped: [],
    given: new Map(),
    gate: undefined,
    regraded: [],
    answersPerQuestion: 0,
    async stopAccepting(quizId, questionIds) {
      await answers.gate
      answers.stopped.push(...questionIds.map((id) => `${quizId}/${id}`))
    },
    async regrade(_, request) {
      await answers.gate
      answers.regraded.push(request)
      const begin = Number(request.after ?? 0)
      const end = Math.min(begin + 2, answers.answersPerQuestion)
      return { answers: end - begin, changed: 1, ...(end < answers.answersPerQuestion ? { next: String(end) } : {}) }
    },
    answered: async (_, userId) => answers.given.get(userId) ?? [],
  }
  return answers
}

export interface Got {
  status: number
  headers: Headers
  text: string
  // The shapes under test are looked at, not assumed.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any
}
export interface Sent {
  token?: string
  body?: unknown
  raw?: string
  type?: string
}
export interface QuizFixture {
  service: QuizService
  answers: FakeAnswers
  signer: Signer
  /** What was appended, in order. */
  log: AppendRecord[]
  lifecycle(quizId: string): LifecycleEvent[]
  call(method: string, path: string, sent?: Sent): Promise<Got>
  host(method: string, path: string, body?: unknown): Promise<Got>
  /** A quiz of a new deck with two questions, brought to a state. */
  quiz(
    state: 'draft' | 'open' | 'running',
    options?: { questions?: unknown[] },
  ): Promise<{ id: string; deck: Got['body'] }>
  join(quizId: string, name: string, joinId?: string): Promise<Got>
  stop(): Promise<void>
}

export const CHOICE = { type: 'choice', prompt: 'Which one?', options: ['right', 'wrong'], answer: 'right' }
export const TYPED = { type: 'typed', prompt: 'The plural of ox?', answer: 'oxen', accept: ['the oxen'] }

export interface FixtureOptions {
  store?: QuizStore
  /** Instead of `store`: makes the service with these parts. */
  create?(deps: Omit<QuizServiceDeps, 'databaseUrl'>): QuizService
  clock?: Clock
  settings?: Partial<QuizSettings>
  /** Called before every append; its rejection is the append's. */
  onAppend?(): Promise<void>
}

export const startQuizFixture = async (options: FixtureOptions = {}): Promise<QuizFixture> => {
  const { clock = systemClock, onAppend, settings = {} } = options
  const memory = createMemoryEventLog({ partitions: 4, clock })
  const log: AppendRecord[] = []
  const eventLog: EventLog = {
    ...memory,
    async append(records) {
      await onAppend?.()
      const positions = await memory.append(records)
      log.push(...records)
      return positions
    },
  }
  const signer = createSigner({ privateJwk: await generateKey(), clock })
  const answers = createFakeAnswers()
  const parts = {
    eventLog,
    signer,
    answers,
    clock,
    random: systemRandom,
    logger: silentLogger(),
    metrics: createTestMetrics(),
    settings,
  }
  const service = options.create
    ? options.create(parts)
    : assembleQuizService({
        ...parts,
        store: options.store ?? createMemoryQuizStore(),
        prepare: async () => {},
        release: async () => {},
      })
  await service.start()
  const router = createRouter({
    routes: service.routes,
    verifier: createVerifier({ jwks: signer.publicJwks, hostToken: HOST, clock }),
    clock: systemClock,
    logger: silentLogger(),
    metrics: createTestMetrics(),
  })
  const server = createServer(SERVER_OPTIONS, (req, res) => router(req as never, res as never, () => {}))
  hardenServer(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const call = async (method: string, path: string, sent: Sent = {}): Promise<Got> => {
    const payload = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body))
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(sent.token !== undefined && { authorization: `Bearer ${sent.token}` }),
        ...(payload !== undefined && { 'content-type': sent.type ?? 'application/json' }),
      },
      ...(payload !== undefined && { body: payload }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: text === '' ? null : JSON.parse(text) }
  }
  const host = (method: string, path: string, body?: unknown) =>
    call(method, path, { token: HOST, ...(body !== undefined && { body }) })
  return {
    service,
    answers,
    signer,
    log,
    lifecycle: (quizId) =>
      log
        .filter(({ topic, key }) => topic === TOPICS.lifecycle && key === quizId)
        .map(({ value }) => JSON.parse(value)),
    call,
    host,
    async quiz(state, { questions = [CHOICE, TYPED] } = {}) {
      const deck = await host('POST', '/decks', { title: 'Words', questions })
      const made = await host('POST', '/quizzes', { deck_id: deck.body.deck_id })
      const id = made.body.quiz_id as string
      if (state !== 'draft') await host('POST', `/quizzes/${id}/open`)
      if (state === 'running') await host('POST', `/quizzes/${id}/start`)
      return { id, deck: deck.body }
    },
    join: (quizId, name, joinId) =>
      call('POST', `/quizzes/${quizId}/players`, { body: { name, ...(joinId !== undefined && { join_id: joinId }) } }),
    async stop() {
      server.close()
      server.closeAllConnections()
      await service.stop()
      await memory.close()
    },
  }
}
