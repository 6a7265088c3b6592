import { execFile } from 'node:child_process'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'

const MAIN = fileURLToPath(new URL('../../apps/quizboard/src/smoke/main.ts', import.meta.url))

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

const smoke = (env: Record<string, string>): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const settings = { QUIZBOARD_URL: product.url, QUIZBOARD_HOST_TOKEN: product.hostToken, ...env }
    execFile(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...settings } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    )
  })

/** The product behind somebody who changes what it says; live connections pass unchanged. Returns its URL. */
const liar = async (change: (text: string, path: string) => string): Promise<{ url: string; stop(): void }> => {
  const { port, hostname } = new URL(product.url)
  const server = createServer((incoming, reply) => {
    const { method, url = '/', headers } = incoming
    const { 'accept-encoding': _, ...rest } = headers
    const forwarded = request({ hostname, port, method, path: url, headers: rest }, (answer) => {
      const chunks: Buffer[] = []
      answer
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = answer.headers
          reply.writeHead(answer.statusCode ?? 500, kept).end(change(Buffer.concat(chunks).toString(), url))
        })
    })
    incoming.pipe(forwarded)
  })
  server.on('upgrade', (incoming, socket, head) => {
    const upstream = connect(Number(port), hostname, () => {
      const headers = incoming.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []))
      upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
      upstream.write(head)
      socket.pipe(upstream).pipe(socket)
    })
    for (const end of [socket, upstream]) end.on('error', () => [socket, upstream].forEach((one) => void one.destroy()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

it('[Q2] [Q4] [Q8] the smoke test agrees with a product that works, and leaves no deck behind', async () => {
  const { code, output } = await smoke({ QUIZBOARD_SMOKE_PLAYERS: '10' })
  expect(output).toContain('Every rank and every sum is right')
  expect(code).toBe(0)
  const decks = await fetch(`${product.url}/api/v1/decks`, {
    headers: { authorization: `Bearer ${product.hostToken}` },
  })
  expect(await decks.text()).not.toContain('Smoke')
})

it.each([
  ['an answer’s points', '/answers/', (text: string) => text.replace('"score":1000', '"score":999')],
  ['a player’s total', '/answers/', (text: string) => text.replace('"total":1500', '"total":1501')],
  ['a rank on the board', '/leaderboards/', (text: string) => text.replace('"rank":2', '"rank":1')],
])('it fails if %s is wrong', async (_, place, change) => {
  const { url, stop } = await liar((text, path) => (path.includes(place) ? change(text) : text))
  const { code, output } = await smoke({ QUIZBOARD_URL: url })
  stop()
  expect(output).toContain('Wrong:')
  expect(code).toBe(1)
})

it('[Q10.4] it says what is wrong with the token, the settings, and a place where nobody is', async () => {
  const wrongToken = await smoke({ QUIZBOARD_HOST_TOKEN: 'wrong' })
  expect(wrongToken).toEqual({ code: 1, output: expect.stringContaining('401') })
  const unset = await smoke({ QUIZBOARD_URL: 'here', QUIZBOARD_SMOKE_PLAYERS: 'many' })
  expect(unset.output).toMatch(/QUIZBOARD_URL="here" must be[\s\S]*QUIZBOARD_SMOKE_PLAYERS="many"/)
  const nobody = await smoke({ QUIZBOARD_URL: 'http://127.0.0.1:9', QUIZBOARD_SMOKE_WAIT_MS: '0' })
  expect(nobody).toEqual({ code: 1, output: expect.stringContaining('is not ready after 0 s') })
})
