/** Everything at its limit at once, on the smallest phone and on the projector: nothing breaks, overflows or hides. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'
import { expectGoodScreen, launchBrowser, openPage } from './support/browser.ts'
import { joinByLink } from './support/player.ts'

let product: Product
let browser: Browser
beforeAll(async () => {
  ;[product, browser] = await Promise.all([startProduct(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

const call = async <T>(method: string, path: string, body: unknown, token = product.hostToken): Promise<T> => {
  const response = await fetch(`${product.url}/api/v1${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

const option = (letter: string) => `${letter} ${'an option that is as long as it may be '.repeat(6)}`.slice(0, 200)
const OPTIONS = [...'ABCDEFGH'].map(option)
const QUESTION = {
  type: 'choice',
  prompt: 'A question that goes on for as long as the contract allows. '.repeat(10).slice(0, 500),
  options: OPTIONS,
  answer: OPTIONS[2],
  time_limit_ms: 120_000,
}
const NAMES = [
  'W'.repeat(40),
  'فاطمة الزهراء بنت عبد الرحمن الطويلة',
  '🦊'.repeat(40),
  'Ω',
  '小さな言葉の先生'.repeat(5),
]

const isInView = (page: Page, selector: string) =>
  page.evaluate(
    `(() => { const box = document.querySelector(${JSON.stringify(selector)})?.getBoundingClientRect(); return !!box && box.top >= 0 && box.bottom <= innerHeight + 1 && box.left >= 0 && box.right <= innerWidth + 1 })()`,
  )

describe('the pages at the limits of the contract', () => {
  it('[Q9][Q11.6] show the longest texts, names of any script, ties of any size', async () => {
    const { deck_id } = await call<{ deck_id: string }>('POST', '/decks', {
      title: 'T'.repeat(100),
      questions: [QUESTION],
    })
    const { quiz_id } = await call<{ quiz_id: string }>('POST', '/quizzes', { deck_id })
    await call('POST', `/quizzes/${quiz_id}/open`, {})
    const tokens: string[] = []
    for (let index = 0; index < 30; index++) {
      const name = NAMES[index % NAMES.length]
      tokens.push((await call<{ token: string }>('POST', `/quizzes/${quiz_id}/players`, { name }, '')).token)
    }
    const { page: player } = await openPage(browser, { size: 'small', scheme: 'dark' })
    await player.goto(`${product.url}/join/${quiz_id}`)
    await player.getByLabel('Your name').waitFor()
    await expectGoodScreen(player, 'extreme-join')
    await joinByLink(player, product.url, quiz_id, 'W'.repeat(40))
    await expectGoodScreen(player, 'extreme-lobby')
    const { page: screen } = await openPage(browser, { size: 'projector' })
    await screen.goto(`${product.url}/screen/${quiz_id}`)
    await screen.getByText('31 players are in').waitFor()
    await expectGoodScreen(screen, 'extreme-screen-lobby')

    await call('POST', `/quizzes/${quiz_id}/start`, {})
    await player.getByRole('button', { name: /^A: A an option/ }).waitFor()
    await expectGoodScreen(player, 'extreme-question')
    expect(await isInView(player, '.own')).toBe(true)
    await screen.getByRole('heading', { name: /A question that goes on/ }).waitFor()
    expect(await isInView(screen, '.options li:last-child')).toBe(true)
    await expectGoodScreen(screen, 'extreme-screen-question')
    await player.getByRole('button', { name: /^C: C an option/ }).click()
    await player.getByText('Right!').waitFor()
    const { questions } = await call<{ questions: { question_id: string }[] }>(
      'GET',
      `/quizzes/${quiz_id}/questions`,
      undefined,
    )
    const question_id = questions[0]?.question_id
    for (const token of tokens.slice(0, 20))
      await call('POST', `/answers/${quiz_id}`, { question_id, answer: OPTIONS[2] }, token)

    await call('POST', `/quizzes/${quiz_id}/close`, {})
    await player.getByRole('heading', { name: '1st place!' }).waitFor()
    await expectGoodScreen(player, 'extreme-final')
    await screen.getByRole('heading', { name: 'Well played!' }).waitFor()
    await screen.getByText('and 17 more').waitFor()
    expect(await isInView(screen, '.podium')).toBe(true)
    await expectGoodScreen(screen, 'extreme-screen-podium')
  })

  it('[Q11.2] say in words what cannot be found', async () => {
    const { page } = await openPage(browser, { size: 'phone' })
    await page.goto(`${product.url}/join/NOSUCH`)
    await page.getByRole('heading', { name: 'No quiz with this id' }).waitFor()
    await expectGoodScreen(page, 'no-quiz')
    await page.goto(`${product.url}/screen/NOSUCH`)
    await page.getByText('There is no quiz with this id.').waitFor()
    await expectGoodScreen(page, 'screen-no-quiz')
    await page.goto(`${product.url}/no/such/page`)
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await expectGoodScreen(page, 'no-page')
  })
})
