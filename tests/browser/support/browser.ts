/** A real Chromium, and what every page of the product must keep: no errors, nothing beyond the edge, nothing serious for axe-core. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect, onTestFailed } from 'vitest'

const RESULTS = fileURLToPath(new URL('../../../test-results/', import.meta.url))

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: FLAGS })

const SIZES = {
  small: { width: 360, height: 640 },
  phone: { width: 390, height: 844 },
  laptop: { width: 1280, height: 800 },
  projector: { width: 1920, height: 1080 },
} as const

export interface PageOptions {
  size: keyof typeof SIZES
  scheme?: 'light' | 'dark'
  /** Another page of the same person's browser: they share the storage. */
  beside?: Page
}

export interface Visit {
  page: Page
  /** What the page's console called an error, and what was thrown. Failed requests of a network that the test cut are not in it. */
  errors: string[]
}

const isCutNetwork = (text: string) => /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|WebSocket connection/.test(text)

export const openPage = async (browser: Browser, { size, scheme = 'light', beside }: PageOptions): Promise<Visit> => {
  const isPhone = size === 'small' || size === 'phone'
  const options: BrowserContextOptions = {
    viewport: SIZES[size],
    colorScheme: scheme,
    acceptDownloads: true,
    ...(isPhone && { isMobile: true, hasTouch: true }),
  }
  const page = await (beside?.context() ?? (await browser.newContext(options))).newPage()
  if (beside) await page.setViewportSize(SIZES[size])
  // A machine that does other work may take its time.
  page.setDefaultTimeout(60_000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !isCutNetwork(message.text())) errors.push(message.text())
  })
  onTestFailed(async () => {
    const shown = await page.locator('body').ariaSnapshot({ timeout: 5_000 })
    console.error(`${page.url()} was:\n${shown}\n${errors.join('\n')}`)
  })
  return { page, errors }
}

/** A picture of the screen into test-results/, and what must hold on every screen. */
export const expectGoodScreen = async (page: Page, name: string): Promise<void> => {
  await settle(page)
  mkdirSync(RESULTS, { recursive: true })
  await page.screenshot({ path: join(RESULTS, `${name}.png`) })
  const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  expect(beyond, `${name}: pixels beyond the right edge`).toBeLessThanOrEqual(0)
  expect(await page.title(), `${name}: title`).toMatch(/Quizboard/)
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  expect(serious, `${name}: what axe-core calls serious or critical`).toEqual([])
}

const ALL_STILL = `document.getAnimations().every(({ playState, effect }) =>
  playState !== 'running' || effect.getTiming().iterations === Infinity || effect.target?.closest('.confetti, .countdown'))`

/** Until the animations that end have ended: axe-core would measure the contrast of half-faded text. */
const settle = (page: Page) => expect.poll(() => page.evaluate(ALL_STILL)).toBe(true)
