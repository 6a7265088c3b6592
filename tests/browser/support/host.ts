/** What a host does in the pages, step by step, as a person would. */
import type { Page } from 'playwright-core'
import type { Product } from '../../support/product.ts'

/** By the link that the product printed at its start; it works once. */
export const signIn = async (page: Page, product: Product): Promise<void> => {
  const code = /\/host#code=([\w-]+)/.exec(product.output())?.[1]
  if (!code) throw new Error(`No host link in the output:\n${product.output()}`)
  await page.goto(`${product.url}/host#code=${code}`)
  await page.getByRole('heading', { name: 'Your decks' }).waitFor()
}

/** The same by the token, for the tests that come after. */
export const signInByToken = async (page: Page, product: Product): Promise<void> => {
  await page.goto(`${product.url}/host`)
  await page.getByLabel('Host token').fill(product.hostToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Your decks' }).waitFor()
}

export interface WrittenQuestion {
  prompt: string
  /** Absent: a typed question. */
  options?: string[]
  answer: string
  /** In seconds; absent: none. */
  limit?: number
}

const fillQuestion = async (page: Page, { prompt, options, answer, limit }: WrittenQuestion): Promise<void> => {
  await page.getByRole('button', { name: options ? 'Choose an option' : 'Type the answer' }).click()
  await page.getByLabel('Question', { exact: true }).fill(prompt)
  if (options) await fillOptions(page, options, answer)
  else await page.getByLabel('Right answer').fill(answer)
  await page.getByLabel('Seconds to answer').fill(limit === undefined ? '' : String(limit))
}

const fillOptions = async (page: Page, options: string[], answer: string): Promise<void> => {
  for (const [index, option] of options.entries()) {
    const letter = String.fromCharCode(65 + index)
    const field = page.getByRole('textbox', { name: `Option ${letter}` })
    if ((await field.count()) === 0) await page.getByRole('button', { name: 'Add an option' }).click()
    await field.fill(option)
    if (option === answer) await page.getByText(`: option ${letter}`).locator('..').click()
  }
  for (let spare = 4; spare > options.length; spare--) {
    await page.getByRole('button', { name: `Remove option ${String.fromCharCode(64 + spare)}` }).click()
  }
}

/** Writes a deck by hand and saves it; ends in its editor. */
export const writeDeck = async (page: Page, title: string, questions: readonly WrittenQuestion[]): Promise<void> => {
  await page.getByRole('link', { name: 'New deck' }).click()
  await page.getByLabel('Title').fill(title)
  for (const [index, question] of questions.entries()) {
    if (index > 0) await page.getByRole('button', { name: 'Add a question' }).click()
    await fillQuestion(page, question)
  }
  await page.getByRole('button', { name: 'Save the deck' }).click()
  await page.getByRole('heading', { name: 'Edit the deck' }).waitFor()
  await page.getByText('All saved').waitFor()
}

export interface QuizSettings {
  points?: 'Right or wrong' | 'Speed' | 'Streak'
  feedback?: 'At once' | 'At the reveal'
  answers?: 'May change' | 'First one counts'
}

/** From a deck's editor into the lobby; gives the quiz id that stands there. */
export const openLobby = async (page: Page, settings: QuizSettings = {}): Promise<string> => {
  await page.getByRole('button', { name: 'Start a quiz' }).click()
  for (const choice of [settings.points, settings.feedback, settings.answers]) {
    if (choice !== undefined) await page.getByRole('radio', { name: new RegExp(`^${choice}`) }).check()
  }
  await page.getByRole('button', { name: 'Open the lobby' }).click()
  const id = await page.getByTestId('quiz-id').textContent()
  if (!id) throw new Error('The lobby shows no quiz id.')
  return id
}
