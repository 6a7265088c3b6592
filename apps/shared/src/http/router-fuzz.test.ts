import { expect, it } from 'vitest'
import { HOST, raw, startRouter, tokenOf } from '../testing/router-fixture.ts'
import { createSeededRandom, type SeededRandom } from '../testing/seeded-random.ts'

/** Set QUIZBOARD_FUZZ_SEED to look further. 1 and 2 found replies of Node's own: to an unknown Expect, to a missing Host. */
const SEEDS = process.env.QUIZBOARD_FUZZ_SEED ? [Number(process.env.QUIZBOARD_FUZZ_SEED)] : [20_260, 1, 2]
const REQUESTS = 400

const limits = { bodyMs: 300, wrongTokens: { ratePerS: 1_000, burst: 10_000 } }
// Short: a changed byte may leave a request without an end.
const product = await startRouter(limits, false, { headersMs: 300, requestMs: 1_000, keepAliveMs: 200 })
const player = await tokenOf('u1', 'QUIZ')

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']
const PATHS = ['/quizzes/quiz', '/quizzes/quiz/open', '/answers/quiz', '/decks', '/decks/x', '/decks/import', '/', '/x']
const ODD = [
  '%',
  '%00',
  '%zz',
  '%2F',
  '%E0%A4%A',
  '//',
  '/../',
  '?',
  '#',
  ';',
  '%F0%9F%A6%89',
  'é',
  '\\',
  '"',
  '&&==',
  '+',
]
const BODIES = [
  '',
  '{}',
  '{"title":"t"}',
  '{"answer":"a"}',
  '[',
  'null',
  '"x"',
  '1e999',
  '{"__proto__":{"a":1}}',
  '\ufeff{}',
]
const TYPES = ['application/json', 'application/json; charset=latin1', 'text/csv', 'text/plain', ';;;', '=']
const HEADERS = ['Content-Encoding: gzip', 'Expect: 100-continue', 'Range: bytes=0-1', 'X-HTTP-Method-Override: PUT']

const requestOf = (random: SeededRandom): string => {
  const path = random.pick(PATHS) + (random.chance(0.4) ? random.pick(ODD) + random.pick(ODD) : '')
  const body = random.pick(BODIES) + (random.chance(0.1) ? 'x'.repeat(random.int(70_000)) : '')
  const token = random.pick(['', HOST, player, `${player}x`, 'a b', '..'])
  const lines = [`${random.pick(METHODS)} ${path} HTTP/1.1`, 'Host: x', 'Connection: close']
  if (token) lines.push(`Authorization: Bearer ${token}`)
  if (random.chance(0.8)) lines.push(`Content-Type: ${random.pick(TYPES)}`)
  if (random.chance(0.2)) lines.push(random.pick(HEADERS))
  const bytes = Buffer.byteLength(body)
  if (!random.chance(0.3)) return `${[...lines, `Content-Length: ${bytes}`].join('\r\n')}\r\n\r\n${body}`
  const chunks = bytes === 0 ? '' : `${bytes.toString(16)}\r\n${body}\r\n`
  return `${[...lines, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n${chunks}0\r\n\r\n`
}

it.each(SEEDS)(
  '[Q9] whatever is sent, there is one reply, never a 5xx, errors are problems (seed %i)',
  async (seed) => {
    const random = createSeededRandom(seed)
    const requests = Array.from({ length: REQUESTS }, () => {
      const text = requestOf(random)
      if (!random.chance(0.1)) return text
      const at = random.int(text.length)
      return text.slice(0, at) + String.fromCharCode(random.int(256)) + text.slice(at + 1)
    })
    for (let i = 0; i < requests.length; i += 20) {
      const replies = await Promise.all(requests.slice(i, i + 20).map((text) => raw(product.port, [text])))
      for (const [j, reply] of replies.entries()) {
        const request = requests[i + j] ?? ''
        const context = `request ${i + j}: ${JSON.stringify(request.slice(0, 300))} → ${JSON.stringify(reply.slice(0, 300))}`
        const status = Number(/^(?:HTTP\/1.1 100 Continue\r\n\r\n)?HTTP\/1.1 (\d{3}) /.exec(reply)?.[1] ?? 0)
        expect(status, context).toBeGreaterThanOrEqual(200)
        expect(status, context).toBeLessThan(500)
        // Without Host, Node answers by itself.
        if (status >= 400 && request.includes('\nHost: '))
          expect(reply, context).toMatch(/content-type: application\/problem\+json/i)
      }
    }
    expect(product.logs).toEqual([])
    expect((await product.call('GET', '/quizzes/quiz')).status).toBe(200)
  },
)
