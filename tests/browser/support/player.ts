/** What a player does in the pages. */
import type { Page } from 'playwright-core'

/** From the first page: the quiz id, a name, in. */
export const joinById = async (page: Page, url: string, quizId: string, name: string): Promise<void> => {
  await page.goto(url)
  await page.getByLabel('Quiz id').fill(quizId)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await enterName(page, name)
}

/** By the link of the QR code. */
export const joinByLink = async (page: Page, url: string, quizId: string, name: string): Promise<void> => {
  await page.goto(`${url}/join/${quizId}`)
  await enterName(page, name)
}

const enterName = async (page: Page, name: string): Promise<void> => {
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Join the quiz' }).click()
  await page.getByRole('heading', { name: 'You’re in!' }).waitFor()
}

/** The foot of the screen: own rank and points, e.g. `1st, 1,000`. */
export const ownStanding = async (page: Page): Promise<string> =>
  (await page.locator('.own .pop').allTextContents()).join(', ')
