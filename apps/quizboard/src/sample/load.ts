/** The sample deck of a new installation: loaded once, so that a host who deletes it does not get it again. */
import { existsSync, writeFileSync } from 'node:fs'
import { SAMPLE_DECK } from './vocabulary-deck.ts'

export interface SampleOptions {
  /** Its existence says that the deck was loaded. */
  marker: string
  /** Base URL of the API, as the host's client would use it. */
  url: string
  hostToken: string
}

/** A crash between the two writes does not double the deck: one of that title is enough. Rejects when the API refuses. */
export const loadSampleDeck = async ({ marker, url, hostToken }: SampleOptions): Promise<void> => {
  if (existsSync(marker)) return
  const headers = { authorization: `Bearer ${hostToken}`, 'content-type': 'application/json' }
  const listed = await fetch(`${url}/api/v1/decks?limit=100`, { headers })
  if (!listed.ok) throw new Error(`the decks could not be listed: ${listed.status} ${await listed.text()}`)
  const { decks } = (await listed.json()) as { decks: { title: string }[] }
  if (!decks.some(({ title }) => title === SAMPLE_DECK.title)) {
    const made = await fetch(`${url}/api/v1/decks`, { method: 'POST', headers, body: JSON.stringify(SAMPLE_DECK) })
    if (!made.ok) throw new Error(`the sample deck was refused: ${made.status} ${await made.text()}`)
  }
  writeFileSync(marker, `${SAMPLE_DECK.title}\n`)
}
