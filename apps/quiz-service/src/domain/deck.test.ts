import { checkBody } from '@quizboard/shared/http/validate.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { describe, expect, it } from 'vitest'
import { buildDeck, type DeckReplacement, deckReplacement, deckRequest, replaceDeck } from './deck.ts'

const NOW = Date.UTC(2026, 0, 1)
const choice = { type: 'choice', prompt: 'p', options: ['right', 'wrong'], answer: 'right' }
const typed = { type: 'typed', prompt: 'q', answer: 'key' }
const problems = (body: unknown): string[] => {
  const checked = checkBody(deckRequest, body)
  return checked.ok ? [] : checked.errors.map(({ pointer }) => pointer ?? '')
}
const written = (body: unknown) => {
  const checked = checkBody(deckRequest, body)
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
  return checked.value
}

describe('a deck as a host writes it', () => {
  it('[Q9.1] gets defaults, and ids from the server', () => {
    const deck = buildDeck(
      written({ title: 'Words', questions: [choice, { ...typed, accept: ['KEY'], points: 0 }] }),
      createSeededRandom(1),
      NOW,
    )
    expect(deck).toEqual({
      deck_id: expect.stringMatching(/^[0-9a-z]{16}$/),
      title: 'Words',
      questions: [
        { question_id: expect.any(String), ...choice, points: 1_000, time_limit_ms: null },
        { question_id: expect.any(String), ...typed, accept: ['KEY'], points: 0, time_limit_ms: null },
      ],
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
    })
    expect(new Set([deck.deck_id, ...deck.questions.map((q) => q.question_id)]).size).toBe(3)
  })

  const one = (question: unknown) => ({ title: 't', questions: [question] })
  it.each([
    ['a list', [], ['']],
    ['null', null, ['']],
    ['nothing in it', {}, ['/title', '/questions']],
    ['an empty title', { title: '', questions: [choice] }, ['/title']],
    ['a blank title', { title: ' \t', questions: [choice] }, ['/title', '/title']],
    ['a title of two lines', { title: 'a\nb', questions: [choice] }, ['/title']],
    ['a title of 101 owls', { title: '🦉'.repeat(101), questions: [choice] }, ['/title']],
    ['no questions', { title: 't', questions: [] }, ['/questions']],
    ['501 questions', { title: 't', questions: Array(501).fill(choice) }, ['/questions']],
    ['a typing error', { ...one(choice), tittle: 1 }, ['/tittle']],
    ['prototype keys', JSON.parse('{"title":"t","questions":[],"__proto__":{}}'), ['/questions', '/__proto__']],
    ['a typing error in a question', one({ ...choice, pionts: 1 }), ['/questions/0/pionts']],
    ['an id of its own', one({ ...choice, question_id: 'x' }), ['/questions/0/question_id']],
    ['an unknown type', one({ ...choice, type: 'essay' }), ['/questions/0/type']],
    ['a type that only generation makes', one({ ...choice, type: 'synonym' }), ['/questions/0/type']],
    ['one option', one({ ...choice, options: ['right'] }), ['/questions/0/options']],
    ['nine options', one({ ...choice, options: ['right', ...'12345678'] }), ['/questions/0/options']],
    ['an option twice', one({ ...choice, options: ['right', 'a', 'right'] }), ['/questions/0/options/2']],
    ['an option of 201', one({ ...choice, options: ['right', 'x'.repeat(201)] }), ['/questions/0/options/1']],
    ['an answer in another case', one({ ...choice, answer: 'Right' }), ['/questions/0/answer']],
    ['accept for a choice', one({ ...choice, accept: [] }), ['/questions/0/accept']],
    ['options for a typed one', one({ ...typed, options: ['a', 'b'] }), ['/questions/0/options']],
    ['accept of 21', one({ ...typed, accept: Array(21).fill('a') }), ['/questions/0/accept']],
    ['points as text', one({ ...typed, points: '10' }), ['/questions/0/points']],
    ['half a point', one({ ...typed, points: 0.5 }), ['/questions/0/points']],
    [
      'points of infinity',
      one(JSON.parse('{"type":"typed","prompt":"p","answer":"a","points":1e999}')),
      ['/questions/0/points'],
    ],
    ['points of 10001', one({ ...typed, points: 10_001 }), ['/questions/0/points']],
    ['points below zero', one({ ...typed, points: -1 }), ['/questions/0/points']],
    ['a limit of 999', one({ ...typed, time_limit_ms: 999 }), ['/questions/0/time_limit_ms']],
    ['a limit of an hour and more', one({ ...typed, time_limit_ms: 3_600_001 }), ['/questions/0/time_limit_ms']],
    ['a prompt of 501', one({ ...typed, prompt: 'p'.repeat(501) }), ['/questions/0/prompt']],
    ['a bell in the prompt', one({ ...typed, prompt: 'a\u0007' }), ['/questions/0/prompt']],
    ['an override in the prompt', one({ ...typed, prompt: 'a\u202eb' }), ['/questions/0/prompt']],
    ['half a surrogate pair', one({ ...typed, answer: 'a\ud800' }), ['/questions/0/answer']],
    [
      'everything at once',
      one({ type: 'choice', options: ['a', 'c'], answer: 'b', points: '1', x: 1 }),
      ['/questions/0/prompt', '/questions/0/points', '/questions/0/x', '/questions/0/answer'],
    ],
  ])('[Q9.1] with %s is refused, each problem with its pointer', (_, body, pointers) => {
    expect(problems(body)).toEqual(pointers)
  })
  it.each([
    [
      'limits reached',
      {
        title: '🦉'.repeat(100),
        questions: Array(500).fill({
          ...typed,
          prompt: 'p'.repeat(500),
          answer: 'a'.repeat(200),
          points: 10_000,
          time_limit_ms: 3_600_000,
        }),
      },
    ],
    ['a prompt of several lines', one({ ...typed, prompt: 'a\r\n\tb' })],
    ['isolates around a word from right to left', one({ ...typed, prompt: '\u2067كتاب\u2069?' })],
    ['no limit, said so', one({ ...typed, time_limit_ms: null, accept: [] })],
    ['options that differ in case', one({ ...choice, options: ['right', 'Right'] })],
  ])('[Q9.1] with %s is accepted', (_, body) => {
    expect(problems(body)).toEqual([])
  })
  it('[Q9] a million questions of nonsense give a bounded number of problems', () => {
    expect(problems({ title: 't', questions: Array(1_000_000).fill(0) }).length).toBeLessThan(1_000)
  })
})

describe('a deck that is replaced', () => {
  const random = createSeededRandom(2)
  const deck = buildDeck(written({ title: 'Words', questions: [choice, typed] }), random, NOW)
  const [first = '', second = ''] = deck.questions.map((q) => q.question_id)
  const replace = (body: unknown) => {
    const checked = checkBody(deckReplacement, body)
    if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
    return replaceDeck(deck, checked.value as DeckReplacement, random, NOW + 5)
  }
  it('[Q9.1] keeps the ids that it is given, and gives ids to the rest', () => {
    const replaced = replace({
      title: 'New',
      questions: [{ ...typed, question_id: second }, choice, { ...choice, question_id: first }],
    })
    expect(replaced).toMatchObject({
      ok: true,
      deck: {
        deck_id: deck.deck_id,
        title: 'New',
        created_at: deck.created_at,
        updated_at: '2026-01-01T00:00:00.005Z',
      },
    })
    const ids = replaced.ok ? replaced.deck.questions.map((q) => q.question_id) : []
    expect(ids).toEqual([second, expect.stringMatching(/^[0-9a-z]{16}$/), first])
    expect(new Set(ids).size).toBe(3)
  })
  it('[Q9.1] may be the whole of what GET gave', () => {
    expect(replace(deck)).toEqual({ ok: true, deck: { ...deck, updated_at: '2026-01-01T00:00:00.005Z' } })
  })
  it('[Q9.1] refuses ids that are not of it, that come twice, and another deck', () => {
    const replaced = replace({
      deck_id: 'other',
      title: 'New',
      questions: [
        { ...typed, question_id: first },
        { ...typed, question_id: first },
        { ...typed, question_id: 'nope' },
      ],
    })
    expect(replaced).toEqual({
      ok: false,
      problems: [
        expect.objectContaining({ path: ['deck_id'], unknown: false }),
        expect.objectContaining({ path: ['questions', 1, 'question_id'], unknown: false }),
        expect.objectContaining({ path: ['questions', 2, 'question_id'], value: 'nope', unknown: true }),
      ],
    })
  })
})
