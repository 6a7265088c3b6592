/** Decks by hand and by CSV: nothing typed is lost, and every problem stands at its field. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../support/product.ts'
import { expectGoodScreen, launchBrowser, openPage } from './support/browser.ts'
import { signInByToken, writeDeck } from './support/host.ts'

let product: Product
let browser: Browser
let page: Page
beforeAll(async () => {
  ;[product, browser] = await Promise.all([startProduct(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})
beforeEach(async () => {
  const visit = await openPage(browser, { size: 'laptop' })
  page = visit.page
  await signInByToken(page, product)
})

const QUESTION = { prompt: 'Which word names a group of lions?', options: ['pack', 'pride'], answer: 'pride' }

describe('the deck editor', () => {
  it('[Q11.4] marks what is missing, and takes the keyboard there', async () => {
    await page.getByRole('link', { name: 'New deck' }).click()
    await page.getByRole('button', { name: 'Save the deck' }).click()
    await page.getByText('Give the deck a title.').waitFor()
    expect(await page.evaluate('document.activeElement.labels?.[0]?.textContent')).toBe('Title')
    await expectGoodScreen(page, 'host-deck-problems')
    await page.getByLabel('Title').fill('Now it has one')
    expect(await page.getByText('Give the deck a title.').count()).toBe(0)
  })

  it('[Q9.1][Q11.4] shows what the server refuses at its field', async () => {
    await writeDeck(page, 'Refused', [QUESTION])
    // A limit that only the server knows, as a setting of it may be.
    await page.route('**/api/v1/decks/*', (route) =>
      route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          type: 'urn:quizboard:body/invalid',
          title: 'The request is not valid',
          status: 422,
          detail: 'The body has 1 problem.',
          code: 'body/invalid',
          errors: [{ pointer: '/questions/0/prompt', detail: 'must have at most 10 characters' }],
        }),
      }),
    )
    await page.getByLabel('Points').fill('900')
    await page.getByRole('button', { name: 'Save the deck' }).click()
    await page.getByText('Must have at most 10 characters.').waitFor()
    expect(await page.getByLabel('Question', { exact: true }).getAttribute('aria-invalid')).toBe('true')
  })

  it('[Q11.4] asks before it is left unsaved, and has the changes back when the tab was closed all the same', async () => {
    await writeDeck(page, 'Kept', [QUESTION, { prompt: 'Ten years?', answer: 'decade' }])
    const editor = page.url()
    await page.getByLabel('Title').fill('Kept and changed')
    await page.getByRole('button', { name: 'Move question 2 up' }).click()
    await page.getByRole('link', { name: 'Quizboard' }).click()
    await page.getByRole('dialog').waitFor()
    await expectGoodScreen(page, 'host-deck-leave')
    await page.getByRole('button', { name: 'Keep editing' }).click()
    expect(page.url()).toBe(editor)
    await page.waitForTimeout(700)
    await page.goto(`${product.url}/`)
    await page.goto(editor)
    await page.getByText('Your unsaved changes of last time are back.').waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe('Kept and changed')
    await page.getByRole('button', { name: 'Save the deck' }).click()
    await page.getByText('All saved').waitFor()
    await page.reload()
    await page.getByText('All saved').waitFor()
    expect(await page.locator('.question-summary').first().textContent()).toContain('Ten years?')
  })

  it('[Q9.1] imports the good rows of a CSV file and tells about the others', async () => {
    await page.getByRole('button', { name: 'Import CSV' }).click()
    await page.getByRole('dialog').getByLabel('Title').fill('Imported')
    await page
      .getByLabel('or its text')
      .fill(
        'type,prompt,answer,options\nchoice,Lions?,pride,pack|pride\nchoice,Wolves?,flock,pack|pride\ntyped,Ten years?,decade,\n',
      )
    await expectGoodScreen(page, 'host-import')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByRole('heading', { name: '2 questions imported' }).waitFor()
    await page.getByText('Row 3').waitFor()
    await page.getByRole('button', { name: 'Go to the deck' }).click()
    await page.getByText('2 questions').waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe('Imported')
  })

  it('[Q7.5] shows the login with a reason when the token is refused', async () => {
    await page.evaluate(`localStorage.setItem('quizboard.host', '{"token":"forged"}')`)
    await page.goto(`${product.url}/host`)
    await page.getByRole('heading', { name: 'Host a quiz' }).waitFor()
    expect(await page.locator('.notice').textContent()).toMatch(/token/i)
    await page.getByLabel('Host token').fill('a tokén')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This is no host token').waitFor()
    expect(await page.evaluate(`localStorage.getItem('quizboard.host')`)).toBeNull()
  })
})
