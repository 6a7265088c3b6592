/** Tired Wi-Fi, sleeping phones and a server that dies: the player lands where they were, and nothing tapped is lost. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'
import { expectGoodScreen, launchBrowser, openPage } from './support/browser.ts'
import { joinByLink, ownStanding } from './support/player.ts'

let product: Product
let browser: Browser
beforeAll(async () => {
  ;[product, browser] = await Promise.all([startProduct(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(`${product.url}/api/v1${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${product.hostToken}` },
    body: body === undefined ? null : JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

const runningQuiz = async (page: Page): Promise<string> => {
  const options = ['taciturn', 'garrulous']
  const question = { type: 'choice', prompt: 'Who talks a great deal?', options, answer: 'garrulous' }
  const { deck_id } = await call<{ deck_id: string }>('POST', '/decks', {
    title: 'Wi-Fi',
    questions: [question, question],
  })
  const { quiz_id } = await call<{ quiz_id: string }>('POST', '/quizzes', { deck_id })
  await call('POST', `/quizzes/${quiz_id}/open`)
  await joinByLink(page, product.url, quiz_id, 'Anna')
  await call('POST', `/quizzes/${quiz_id}/start`)
  await page.getByRole('button', { name: /garrulous/ }).waitFor()
  return quiz_id
}

describe('a player whose connection fails', () => {
  it('[Q8.1][Q11.1] has a tap without network kept over a refresh, and sent once', async () => {
    const { page, errors } = await openPage(browser, { size: 'phone' })
    const quizId = await runningQuiz(page)
    // Only the answers fail: the pages must come back at a refresh.
    await page.route('**/api/v1/answers/**', (route) =>
      route.request().method() === 'POST' ? route.abort('internetdisconnected') : route.continue(),
    )
    await page.getByRole('button', { name: /garrulous/ }).click()
    await page.getByText('Kept for you').waitFor()
    await expectGoodScreen(page, 'player-kept')
    await page.reload()
    await page.getByText('Kept for you').waitFor()
    await page.unroute('**/api/v1/answers/**')
    await page.getByText('Right!').waitFor()
    const { answers } = await call<{ answers: { seq: number; answer: string }[] }>('GET', `/answers/${quizId}`)
    expect(answers).toEqual([expect.objectContaining({ seq: 1, answer: 'garrulous' })])
    expect(errors).toEqual([])
  })

  it('[Q11.2] follows the quiz again after being offline', async () => {
    const { page, errors } = await openPage(browser, { size: 'phone' })
    const quizId = await runningQuiz(page)
    await page.context().setOffline(true)
    await call('POST', `/quizzes/${quizId}/next`, { position: 1 })
    await page.waitForTimeout(500)
    await page.context().setOffline(false)
    await page.getByText('Question 2 of 2').waitFor()
    expect(errors).toEqual([])
  })

  it('[Q11.1][Q11.2] goes on by itself after the server was killed and started again, points and all', async () => {
    const { page, errors } = await openPage(browser, { size: 'small' })
    const quizId = await runningQuiz(page)
    await page.getByRole('button', { name: /garrulous/ }).click()
    await page.getByText('Right!').waitFor()
    await expect.poll(() => ownStanding(page)).toBe('1st, 1,000')
    await product.kill9()
    await page.getByText('Connection lost').waitFor()
    await expectGoodScreen(page, 'player-connection-lost')
    await product.restart()
    await page.getByText('Connection lost').waitFor({ state: 'detached', timeout: 30_000 })
    await expect.poll(() => ownStanding(page)).toBe('1st, 1,000')
    await call('POST', `/quizzes/${quizId}/next`, { position: 1 })
    await page.getByText('Question 2 of 2').waitFor()
    expect(errors).toEqual([])
  })
})
