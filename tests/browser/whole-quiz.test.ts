/** A host on a laptop, a player on a phone and a projector play a whole quiz in real browsers, by the pages alone. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'
import { expectGoodScreen, launchBrowser, openPage } from './support/browser.ts'
import { openLobby, signIn, signInByToken, type WrittenQuestion, writeDeck } from './support/host.ts'
import { joinById, joinByLink, ownStanding } from './support/player.ts'

let product: Product
let browser: Browser
beforeAll(async () => {
  ;[product, browser] = await Promise.all([startProduct(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

const QUESTIONS: readonly WrittenQuestion[] = [
  {
    prompt: 'What does “ephemeral” mean?',
    options: ['happening once a year', 'lasting a very short time', 'hidden from view'],
    answer: 'lasting a very short time',
    limit: 120,
  },
  { prompt: 'Which single word means a period of ten years?', answer: 'decade' },
  { prompt: 'Which word names a group of lions?', options: ['pack', 'pride'], answer: 'pride' },
]

describe('a whole quiz in browsers', () => {
  it('[Q11.1][Q11.6] is played from the deck to the results; a refresh in the middle changes nothing', async () => {
    const { page: host, errors: hostErrors } = await openPage(browser, { size: 'laptop' })
    await signIn(host, product)
    expect(host.url()).toBe(`${product.url}/host`)
    await expectGoodScreen(host, 'host-home')
    await writeDeck(host, 'Words of the day', QUESTIONS)
    await expectGoodScreen(host, 'host-deck')
    const quizId = await openLobby(host, { points: 'Right or wrong', feedback: 'At once' })
    await expectGoodScreen(host, 'host-lobby')

    const { page: screen, errors: screenErrors } = await openPage(browser, { size: 'projector', beside: host })
    await screen.goto(`${product.url}/screen/${quizId}`)
    const { page: anna, errors: annaErrors } = await openPage(browser, { size: 'phone' })
    await anna.goto(product.url)
    await expectGoodScreen(anna, 'player-landing')
    await joinById(anna, product.url, quizId.toLowerCase(), 'Anna')
    await expectGoodScreen(anna, 'player-lobby')
    const { page: ben, errors: benErrors } = await openPage(browser, { size: 'small', scheme: 'dark' })
    await joinByLink(ben, product.url, quizId, 'Ben')
    await host.getByText('2 players').waitFor()
    await screen.getByText('Anna').waitFor()
    await expectGoodScreen(screen, 'screen-lobby')

    // Question 1: choice, with a limit.
    await host.keyboard.press('Space')
    await anna.getByRole('heading', { name: /ephemeral/ }).waitFor()
    await expectGoodScreen(anna, 'player-question')
    await screen.getByRole('heading', { name: /ephemeral/ }).waitFor()
    await expectGoodScreen(screen, 'screen-question')
    await anna.getByRole('button', { name: /a very short time/ }).click()
    await anna.getByText('Right!').waitFor()
    await ben.getByRole('button', { name: /hidden from view/ }).click()
    await ben.getByText('Not this time').waitFor()
    await expectGoodScreen(ben, 'player-wrong-dark')
    await expect.poll(() => ownStanding(anna)).toBe('1st, 1,000')
    await anna.reload()
    await anna.getByText('Right!').waitFor()
    await expectGoodScreen(anna, 'player-after-refresh')
    await expect.poll(() => ownStanding(anna)).toBe('1st, 1,000')
    expect(await anna.getByRole('button', { name: /a very short time/ }).getAttribute('aria-pressed')).toBe('true')

    await host.getByText('2 of 2 answered').waitFor()
    await expectGoodScreen(host, 'host-question')
    await host.getByRole('button', { name: 'Reveal the answer' }).click()
    await host.getByText('1 of 2 answers right.').waitFor()
    await expectGoodScreen(host, 'host-reveal')
    await screen.locator('.bar-row[data-right="true"]').getByText('lasting a very short time').waitFor()
    await expect
      .poll(() => screen.locator('.bar-row .bar-note b').allTextContents())
      .toEqual(['0', '1', '1'].map((count) => expect.stringContaining(count)))
    await expectGoodScreen(screen, 'screen-reveal')

    // Question 2: typed, without a limit; the host's page is refreshed in its middle.
    await host.getByRole('button', { name: 'Next question' }).click()
    await ben.getByLabel('Your answer').fill('  DÉCADE! ')
    await ben.keyboard.press('Enter')
    await ben.getByText('Right!').waitFor()
    await anna.getByLabel('Your answer').fill('century')
    await expectGoodScreen(anna, 'player-typed')
    await anna.getByRole('button', { name: 'Send the answer' }).click()
    await anna.getByText('Not this time').waitFor()
    await host.reload()
    await host.getByText('2 of 2 answered').waitFor()
    await host.getByRole('button', { name: 'Reveal the answer' }).click()
    await anna.locator('.typed-tile[data-mark="right"]').getByText('decade').waitFor()
    await expectGoodScreen(anna, 'player-typed-reveal')
    await expect.poll(() => ownStanding(ben)).toBe('1st, 1,000')

    // Question 3 and the end.
    await host.getByRole('button', { name: 'Next question' }).click()
    await ben.getByRole('button', { name: /pride/ }).click()
    await ben.getByText('Right!').waitFor()
    await host.getByRole('button', { name: 'Reveal the answer' }).click()
    await host.getByRole('button', { name: 'Finish the quiz' }).click()
    await host.getByText('Question by question').waitFor()
    await host.getByText('50%').first().waitFor()
    await expectGoodScreen(host, 'host-results')
    await ben.getByRole('heading', { name: '1st place!' }).waitFor()
    await ben.getByText('2 of 3 questions right').waitFor()
    await expectGoodScreen(ben, 'player-final-dark')
    await anna.getByRole('heading', { name: '2nd place!' }).waitFor()
    await anna.getByText('Which single word means').waitFor()
    await anna.reload()
    await anna.getByText('1 of 3 questions right').waitFor()
    await expectGoodScreen(anna, 'player-final')
    await screen.getByRole('heading', { name: 'Well played!' }).waitFor()
    await expectGoodScreen(screen, 'screen-podium')

    const download = host.waitForEvent('download')
    await host.getByRole('button', { name: 'Report (CSV)' }).click()
    const stream = await (await download).createReadStream()
    const report = (await stream.toArray()).join('')
    expect(report).toContain('rank,name,points,right,answered,corrected,user_id,Q1 points,Q2 points,Q3 points')
    expect(report).toMatch(/1,Ben,2000,2,3,0,\w+,0,1000,1000/)
    expect(report).toMatch(/2,Anna,1000,1,2,0,\w+,1000,0,\r\n/)
    expect([...hostErrors, ...screenErrors, ...annaErrors, ...benErrors]).toEqual([])
  })

  it('[Q7.4][Q11.3] keeps the answer to itself until the reveal, and takes a double click for one', async () => {
    const { page: host } = await openPage(browser, { size: 'laptop', scheme: 'dark' })
    await host.goto(`${product.url}/host`)
    await host.getByLabel('Host token').fill(product.hostToken)
    await expectGoodScreen(host, 'host-login-dark')
    await host.getByRole('button', { name: 'Sign in' }).click()
    await writeDeck(host, 'Double clicks', [...QUESTIONS.slice(0, 1), ...QUESTIONS.slice(2)])
    const quizId = await openLobby(host, { feedback: 'At the reveal', answers: 'First one counts' })
    const { page: player } = await openPage(browser, { size: 'phone' })
    await joinByLink(player, product.url, quizId, 'Ada')
    const { page: viewer } = await openPage(browser, { size: 'projector', scheme: 'dark' })
    await viewer.goto(`${product.url}/screen/${quizId}`)

    await host.getByText('1 player', { exact: true }).waitFor()
    await host.getByRole('button', { name: 'Start the quiz' }).dblclick()
    await player.getByRole('button', { name: /a very short time/ }).click()
    await player.getByText('Locked in').waitFor()
    expect(await player.getByRole('button', { name: /hidden/ }).count()).toBe(0)
    expect(await ownStanding(player)).toBe('1st, 0')
    await expectGoodScreen(player, 'player-locked')

    await host.getByRole('button', { name: 'Reveal the answer' }).dblclick()
    await player.getByText('Right!').waitFor()
    await expect.poll(() => ownStanding(player)).toMatch(/^1st, [1-9]/)
    await viewer.locator('.bar-row[data-right="true"]').waitFor()
    expect(await viewer.locator('.bar-track').count()).toBe(0)
    await expectGoodScreen(viewer, 'screen-reveal-viewer-dark')

    await host.getByRole('button', { name: 'Next question' }).dblclick()
    await player.getByRole('heading', { name: /lions/ }).waitFor()
    await host.getByRole('button', { name: 'Reveal the answer' }).waitFor()
    await host.keyboard.press('e')
    await host.getByRole('dialog').getByRole('button', { name: 'End the quiz' }).click()
    await host.getByRole('heading', { name: /Results/ }).waitFor()
    await player.getByRole('heading', { name: '1st place!' }).waitFor()
  })

  it('[Q11.3] is ended also while the step before is still under way', async () => {
    const { page: host } = await openPage(browser, { size: 'laptop' })
    await signInByToken(host, product)
    await writeDeck(host, 'A slow step', QUESTIONS.slice(1))
    await openLobby(host)
    await host.getByRole('button', { name: 'Start the quiz' }).click()
    await host.route('**/api/v1/quizzes/*/next', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      await route.continue()
    })
    await host.getByRole('button', { name: 'Skip to next' }).click()
    await host.getByRole('button', { name: 'End quiz' }).click()
    await host.getByRole('dialog').getByRole('button', { name: 'End the quiz' }).click()
    await host.getByRole('heading', { name: /Results/ }).waitFor()
  })
})
