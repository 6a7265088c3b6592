/** A teacher corrects keys after a quiz: the host's and the players' pages follow, in words, at every size. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'
import { expectGoodScreen, launchBrowser, openPage } from './support/browser.ts'
import { openLobby, signInByToken, type WrittenQuestion, writeDeck } from './support/host.ts'
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

const QUESTIONS: readonly WrittenQuestion[] = [
  { prompt: 'Which single word means a period of ten years?', answer: 'decade' },
  { prompt: 'Which word names a group of lions?', options: ['pack', 'pride', 'school'], answer: 'pride' },
  { prompt: 'Which word names a group of fish?', answer: 'school' },
]

const row = (page: Page, position: number) => page.locator('.share').nth(position - 1)
const answers = (page: Page, position: number) => page.getByRole('list', { name: `Answers to question ${position}` })
const board = (page: Page) => page.locator('.results .board-row').allInnerTexts()
const compact = (texts: string[]) => texts.map((text) => text.replaceAll(/\s+/g, ' '))

/** Three questions; Ann and Ben write `decades` and `century`, both say `pack`, nobody answers the third. */
const play = async (host: Page, ann: Page, ben: Page) => {
  await writeDeck(host, 'To be corrected', QUESTIONS)
  const quizId = await openLobby(host, { points: 'Right or wrong', feedback: 'At once' })
  await joinByLink(ann, product.url, quizId, 'Ann')
  await joinByLink(ben, product.url, quizId, 'Ben')
  await host.getByText('2 players').waitFor()
  await host.getByRole('button', { name: 'Start the quiz' }).click()
  for (const [page, text] of [
    [ann, 'Decades'],
    [ben, 'century'],
  ] as const) {
    await page.getByLabel('Your answer').fill(text)
    await page.keyboard.press('Enter')
    await page.getByText('Not this time').waitFor()
  }
  await host.getByRole('button', { name: 'Skip to next' }).click()
  for (const page of [ann, ben]) {
    await page.getByRole('button', { name: /pack/ }).click()
    await page.getByText('Not this time').waitFor()
  }
  await host.getByRole('button', { name: 'Skip to next' }).click()
  await host.getByRole('button', { name: 'End quiz' }).click()
  await host.getByRole('dialog').getByRole('button', { name: 'End the quiz' }).click()
  await host.getByText('Question by question').waitFor()
  return quizId
}

describe('a corrected key', () => {
  it('[Q11.7][Q11.8][Q12.1] is given in the results, by keyboard, and everybody’s page follows', async () => {
    const { page: host, errors: hostErrors } = await openPage(browser, { size: 'laptop' })
    const { page: ann, errors: annErrors } = await openPage(browser, { size: 'phone' })
    const { page: ben, errors: benErrors } = await openPage(browser, { size: 'small', scheme: 'dark' })
    await signInByToken(host, product)
    const quizId = await play(host, ann, ben)
    await ann.getByText('0 of 3 questions right').waitFor()
    await ben.getByText('0 of 3 questions right').waitFor()
    await row(host, 3).getByText('Answer: school').waitFor()
    expect(compact(await board(host))).toEqual(['Rank 1 Ann 0 points', 'Rank 1 Ben 0 points'])

    // A typed answer is accepted.
    await row(host, 1).getByText('What was answered').click()
    await expect
      .poll(async () => compact(await answers(host, 1).getByRole('listitem').allInnerTexts()))
      .toEqual([
        'decade Key 0 answers',
        'Decades Wrong 1 answer Accept “Decades”',
        'century Wrong 1 answer Accept “century”',
      ])
    await expectGoodScreen(host, 'regrade-answers')
    const accept = host.getByRole('button', { name: 'Accept “Decades”' })
    await accept.focus()
    await host.keyboard.press('Enter')
    await host.getByRole('dialog').getByText('1 answer becomes right').waitFor()
    await expectGoodScreen(host, 'regrade-accept')
    await host.getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(() => host.evaluate('document.activeElement.textContent')).toBe('Accept “Decades”')
    await host.keyboard.press('Enter')
    await host.getByRole('button', { name: 'Accept it' }).click()
    await host.getByText('Corrected: 2 answers judged again, 1 changed.').waitFor()
    await host.getByRole('button', { name: 'Reject “Decades”' }).waitFor()
    expect(await host.evaluate('document.activeElement.textContent')).toBe('Reject “Decades”')
    await expect
      .poll(async () => compact(await board(host)))
      .toEqual(['Rank 1 Ann 1,000 points', 'Rank 2 Ben 0 points'])
    await ann.getByText('Points corrected by the teacher: question 1 now counts as right, 1,000 points.').waitFor()
    await ann.getByText('1 of 3 questions right').waitFor()
    await ann.getByRole('heading', { name: '1st place!' }).waitFor()
    await expectGoodScreen(ann, 'regrade-player-told')
    await ben.getByRole('heading', { name: 'You came 2nd' }).waitFor()
    expect(await ben.getByText('Points corrected').count()).toBe(0)

    // The key of a choice is corrected.
    await row(host, 2).getByText('What was answered').click()
    await host.getByRole('button', { name: 'Correct the key of question 2' }).click()
    const dialog = host.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Correct the key' }).click()
    await dialog.getByText('This is the key already.').waitFor()
    await dialog.getByRole('radio', { name: /pack/ }).check()
    await dialog.getByText('2 answers become right').waitFor()
    await expectGoodScreen(host, 'regrade-key')
    await dialog.getByRole('button', { name: 'Correct the key' }).click()
    await row(host, 2).getByText('Answer: pack').waitFor()
    await ben.getByText('Points corrected by the teacher: question 2 now counts as right, 1,000 points.').waitFor()
    await expectGoodScreen(ben, 'regrade-player-told-dark')

    // And the first one is taken back.
    await host.getByRole('button', { name: 'Reject “Decades”' }).click()
    await host.getByRole('dialog').getByText('1 answer becomes wrong').waitFor()
    await host.getByRole('button', { name: 'Reject it' }).click()
    await host.getByRole('button', { name: 'Accept “Decades”' }).waitFor()
    await expect
      .poll(async () => compact(await board(host)))
      .toEqual(['Rank 1 Ann 1,000 points', 'Rank 1 Ben 1,000 points'])
    await host.getByRole('heading', { name: 'Corrections' }).scrollIntoViewIfNeeded()
    const corrections = host.getByRole('region', { name: 'Corrections' }).getByRole('listitem')
    await expect
      .poll(async () => compact(await corrections.allInnerTexts()))
      .toEqual([
        expect.stringMatching(/^Question 1: no longer right: “Decades” .* 2 answers judged again, 1 changed$/),
        expect.stringMatching(/^Question 2: key corrected to “pack”; no longer right: “pride” .* 2 changed$/),
        expect.stringMatching(/^Question 1: accepted “Decades” .* 1 changed$/),
      ])
    await expectGoodScreen(host, 'regrade-results')

    // What a refresh shows is the same, and the table to take away has it.
    await ben.reload()
    await ben.getByText('Points corrected by the teacher: it was wrong, 0 points.').waitFor()
    await ben.getByText('it was wrong, 0 points.').scrollIntoViewIfNeeded()
    await expectGoodScreen(ben, 'regrade-player-final-dark')
    const { page: phone } = await openPage(browser, { size: 'phone', beside: host })
    await phone.emulateMedia({ colorScheme: 'dark' })
    await phone.goto(`${product.url}/host/quizzes/${quizId}`)
    await row(phone, 1).getByText('What was answered').click()
    await answers(phone, 1).waitFor()
    await answers(phone, 1).scrollIntoViewIfNeeded()
    await expectGoodScreen(phone, 'regrade-results-phone-dark')
    const download = host.waitForEvent('download')
    await host.getByRole('button', { name: 'All answers' }).click()
    const table = (await (await (await download).createReadStream()).toArray()).join('')
    expect(table).toMatch(
      /2,Which word names a group of lions\?,pack,Ben,pack,yes,1000,[\d.]+,[^,]+,\w+,[^,]+,no,0\r\n/,
    )
    expect([...hostErrors, ...annErrors, ...benErrors]).toEqual([])
  })

  it('[Q11.7][Q12.4] says what is under way, and what was refused', async () => {
    const { page: host } = await openPage(browser, { size: 'phone' })
    const { page: ann } = await openPage(browser, { size: 'phone' })
    const { page: ben } = await openPage(browser, { size: 'phone' })
    await signInByToken(host, product)
    await play(host, ann, ben)
    await row(host, 1).getByText('What was answered').click()

    // The server refuses, then cannot be reached: in words, at the place, and nothing is lost.
    const path = '**/api/v1/quizzes/*/questions/*/regrade'
    await host.getByRole('button', { name: 'Correct the key of question 1' }).click()
    const dialog = host.getByRole('dialog')
    await dialog.getByLabel('Right answer').fill('')
    await dialog.getByRole('button', { name: 'Correct the key' }).click()
    await dialog.getByText('Type the right answer.').waitFor()
    await expectGoodScreen(host, 'regrade-problem-phone')
    await host.route(path, (route) => route.abort('connectionrefused'))
    await dialog.getByLabel('Right answer').fill('century')
    await dialog.getByRole('button', { name: 'Correct the key' }).click()
    await dialog
      .getByRole('alert')
      .getByText(/could not be reached/)
      .waitFor()
    expect(await dialog.getByLabel('Right answer').inputValue()).toBe('century')
    await expectGoodScreen(host, 'regrade-refused-phone')
    await host.unroute(path)

    // The server takes longer than a request waits.
    let isDone = false
    const pending = (body: object) => ({ ...body, done_at: null, answers: 0, changed: 0 })
    await host.route(path, async (route) => {
      const made = await (await route.fetch()).json()
      await route.fulfill({ status: 202, json: pending(made) })
    })
    await host.route('**/api/v1/quizzes/*/regrades*', async (route) => {
      const page = (await (await route.fetch()).json()) as { regrades: object[] }
      await route.fulfill({ json: isDone ? page : { ...page, regrades: page.regrades.map(pending) } })
    })
    await dialog.getByRole('button', { name: 'Correct the key' }).click()
    await host.getByText('The answers are being judged again …').waitFor()
    await expectGoodScreen(host, 'regrade-under-way-phone')
    isDone = true
    await host.getByText('2 answers judged again, 1 changed', { exact: false }).first().waitFor()
    await row(host, 1).getByText('Answer: century').waitFor()
    await ben.getByText('question 1 now counts as right').waitFor()
    // Whose points do not move reads the new key, too.
    await ann.getByText('Answer: century').waitFor()
  })

  it('[Q11.7][Q11.8] is given while the quiz runs, once the question is closed', async () => {
    const { page: host, errors } = await openPage(browser, { size: 'laptop', scheme: 'dark' })
    const { page: ann } = await openPage(browser, { size: 'phone' })
    const { page: screen } = await openPage(browser, { size: 'projector', beside: host })
    await signInByToken(host, product)
    await writeDeck(host, 'Corrected at once', QUESTIONS.slice(1))
    const quizId = await openLobby(host, { points: 'Right or wrong', feedback: 'At the reveal' })
    await screen.goto(`${product.url}/screen/${quizId}`)
    await joinByLink(ann, product.url, quizId, 'Ann')
    await host.getByText('1 player', { exact: true }).waitFor()
    await host.getByRole('button', { name: 'Start the quiz' }).click()
    await ann.getByRole('button', { name: /pack/ }).click()
    await ann.getByText('Locked in').waitFor()
    expect(await host.getByText('What was answered').count()).toBe(0)
    await host.getByRole('button', { name: 'Reveal the answer' }).click()
    await ann.getByText('Not this time').waitFor()
    await host.getByText('What was answered').click()
    await host.getByRole('button', { name: 'Accept “pack”' }).click()
    await host.getByRole('button', { name: 'Accept it' }).click()
    await host.getByText('Corrected: 1 answer judged again, 1 changed.').waitFor()
    await host.getByRole('button', { name: 'Reject “pack”' }).waitFor()
    await host.getByText('1 of 1 answer right.').waitFor()
    await expectGoodScreen(host, 'regrade-run-dark')
    await ann.getByText('Points corrected by the teacher: question 1 now counts as right, 1,000 points.').waitFor()
    await ann.getByText('Right!').waitFor()
    await expect.poll(() => ownStanding(ann)).toBe('1st, 1,000')
    await expectGoodScreen(ann, 'regrade-run-player')
    await expect.poll(() => screen.locator('.bar-row[data-right="true"]').count()).toBe(2)
    await expectGoodScreen(screen, 'regrade-run-screen')
    expect(errors).toEqual([])
  })
})
