/** Corrected keys over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHOICE, type QuizFixture, startQuizFixture, TYPED } from './testing/quiz-fixture.ts'

let f: QuizFixture
beforeAll(async () => {
  f = await startQuizFixture({ settings: { regradeWaitMs: 50 } })
})
afterAll(() => f.stop())

const running = async () => {
  const { id, deck } = await f.quiz('running', { questions: [TYPED, CHOICE] })
  const [typed, choice] = deck.questions.map(({ question_id }: { question_id: string }) => question_id) as [
    string,
    string,
  ]
  const regrade = (question: string, body: unknown) =>
    f.host('POST', `/quizzes/${id}/questions/${question}/regrade`, body)
  return { id, typed, choice, regrade }
}

describe('a key is corrected', () => {
  it('[Q12.1] the answer-services learn what is right now, page by page, and the host how much changed', async () => {
    const { id, typed, choice, regrade } = await running()
    f.answers.answersPerQuestion = 5
    const first = await regrade(typed, { accept: ['Oxes', 'an ox'] })
    expect(first).toMatchObject({
      status: 200,
      body: { quiz_id: id, question_id: typed, revision: 1, answers: 5, changed: 3 },
    })
    const was = { answer: 'oxen', accept: ['the oxen'] }
    expect(first.body).toMatchObject({ answer: 'oxen', accept: ['the oxen', 'Oxes', 'an ox'], was })
    expect(f.answers.regraded.map(({ after }) => after)).toEqual([undefined, '2', '4'])
    const second = await regrade(typed, { answer: 'Oxes', reject: ['AN  OX!'] })
    expect(second.body).toMatchObject({ revision: 2, answer: 'Oxes', accept: ['the oxen'] })
    expect((await regrade(choice, { accept: ['wrong'] })).body).toMatchObject({ answer: 'right', accept: ['wrong'] })
    const { regrades, next } = (await f.host('GET', `/quizzes/${id.toLowerCase()}/regrades?limit=2`)).body
    expect(regrades.map(({ revision }: { revision: number }) => revision)).toEqual([3, 2])
    const rest = await f.host('GET', `/quizzes/${id}/regrades?limit=2&after=${next}`)
    expect(rest.body).toEqual({ regrades: [first.body], next: null })
  })

  it('[Q12.5] the host reads what is right now, of questions that nobody answered too', async () => {
    const { id, typed, choice, regrade } = await running()
    await regrade(typed, { accept: ['oxes'] })
    expect(await f.host('GET', `/quizzes/${id.toLowerCase()}/keys`)).toMatchObject({
      status: 200,
      body: {
        quiz_id: id,
        keys: [
          { question_id: typed, position: 1, answer: 'oxen', accept: ['the oxen', 'oxes'] },
          { question_id: choice, position: 2, answer: 'right', accept: [] },
        ],
      },
    })
  })

  it('[Q12.1] the screens show the corrected key of the question that is closed', async () => {
    const { id, typed, regrade } = await running()
    await regrade(typed, { answer: 'oxes' })
    expect(f.lifecycle(id).at(-1)).toMatchObject({ revision: 3, question: { state: 'open' } })
    await f.host('POST', `/quizzes/${id}/reveal`)
    expect(f.lifecycle(id).at(-1)).toMatchObject({ revision: 5, question: { state: 'closed', answer: 'oxes' } })
    await regrade(typed, { answer: 'oxen' })
    await f.host('POST', `/quizzes/${id}/reveal`)
    expect(f.lifecycle(id).at(-1)).toMatchObject({ revision: 6, question: { answer: 'oxen' } })
  })

  it('[Q12.4] what takes long goes on by itself', async () => {
    const { id, typed, regrade } = await running()
    let go = () => {}
    f.answers.gate = new Promise((resolve) => {
      go = resolve
    })
    const made = await regrade(typed, { accept: ['oxes'] })
    expect(made).toMatchObject({ status: 202, body: { done_at: null, answers: 0 } })
    go()
    f.answers.gate = undefined
    await expect
      .poll(async () => (await f.host('GET', `/quizzes/${id}/regrades`)).body.regrades[0].done_at)
      .toEqual(expect.any(String))
  })
})

describe('[Q9.1] what cannot be is refused, with the field and the value', () => {
  it.each<[string, unknown, unknown]>([
    ['typed', {}, [{ pointer: '', detail: 'must have answer, accept or reject' }]],
    ['typed', { accept: [''] }, [{ pointer: '/accept/0' }]],
    ['typed', { accept: [] }, [{ pointer: '/accept' }]],
    ['typed', { answer: 'x'.repeat(201) }, [{ pointer: '/answer', detail: 'must have at most 200 characters' }]],
    ['typed', { answer: 'x', keys: ['x'] }, [{ pointer: '/keys' }]],
    ['typed', { reject: ['OXEN'] }, [{ pointer: '/reject/0', value: 'OXEN' }]],
    ['typed', { accept: ['a', 'b'], reject: ['B!'] }, [{ pointer: '/accept/1', value: 'b' }]],
    [
      'choice',
      { answer: 'Right', accept: ['maybe'] },
      [{ pointer: '/answer', value: 'Right' }, { pointer: '/accept/0' }],
    ],
  ])('%s %j', async (type, body, errors) => {
    const { id, regrade, ...questions } = await running()
    const got = await regrade(questions[type as 'typed' | 'choice'], body)
    expect(got).toMatchObject({ status: 422, body: { code: 'body/invalid', errors } })
    expect((await f.host('GET', `/quizzes/${id}/regrades`)).body.regrades).toEqual([])
  })

  it('too many that are accepted', async () => {
    const { typed, regrade } = await running()
    const words = (from: number) => Array.from({ length: 20 }, (_, i) => `word ${from + i}`)
    for (let n = 0; n < 9; n++) expect((await regrade(typed, { accept: words(n * 20) })).status).toBe(200)
    const got = await regrade(typed, { accept: words(180) })
    expect(got).toMatchObject({ status: 422, body: { errors: [{ pointer: '/accept', value: 201 }] } })
  })

  it('a quiz that is not there, a question that is not in it, a draft, a player', async () => {
    const { id, typed, regrade } = await running()
    expect(await regrade('nope', { answer: 'x' })).toMatchObject({ status: 404, body: { code: 'question/unknown' } })
    const path = `/questions/${typed}/regrade`
    const of = (quiz: string) => f.host('POST', `/quizzes/${quiz}${path}`, { answer: 'x' })
    expect(await of('NOPE')).toMatchObject({ status: 404, body: { code: 'quiz/unknown' } })
    const draft = await f.quiz('draft')
    expect(await of(draft.id)).toMatchObject({ status: 409, body: { code: 'quiz/wrong_state' } })
    const { token } = (await f.join(id, 'Anna')).body
    expect(await f.call('GET', `/quizzes/${id}/keys`)).toMatchObject({ status: 401 })
    for (const [method, where] of [
      ['POST', path],
      ['GET', '/regrades'],
      ['GET', '/keys'],
    ] as const)
      expect(await f.call(method, `/quizzes/${id}${where}`, { token })).toMatchObject({
        status: 403,
        body: { code: 'auth/not_host' },
      })
  })
})
