import { type Deck, deck, LIMITS, problem, timestamp } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError } from '@quizboard/shared/http/problem.ts'
import { type Route, route } from '@quizboard/shared/http/route.ts'
import { z } from 'zod'
import { readCsv } from '../adapters/csv-reader.ts'
import type { Decks } from '../app/decks.ts'
import { deckReplacement, deckRequest } from '../domain/deck.ts'
import { isIdLike } from '../domain/ids.ts'
import { line } from '../domain/texts.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import { pageQuery, toCursor } from './cursor.ts'

export interface DeckRouteDeps {
  store: QuizStore
  decks: Decks
}

const deckSummary = z
  .object({ deck_id: z.string(), title: z.string(), question_count: z.int(), updated_at: timestamp })
  .meta({ id: 'DeckSummary' })
const importProblem = z.object({
  row: z.int().meta({ description: 'The line where the record starts; the header is 1' }),
  column: z.string().optional(),
  detail: z.string(),
  value: z.unknown().optional(),
})

const nothingImported = problem.extend({ errors: z.array(importProblem) }).meta({ id: 'ImportProblem' })

const ROOT = '/api/v1/decks'
const created = (made: Deck) => ({ status: 201, body: made, headers: { location: `${ROOT}/${made.deck_id}` } })

export const deckRoutes = ({ store, decks }: DeckRouteDeps): Route[] => {
  const find = async ({ deck_id = '' }: Record<string, string>): Promise<Deck> => {
    const found = isIdLike(deck_id) ? await store.deck(deck_id) : undefined
    if (!found) throw new ProblemError('deck/unknown', 'There is no deck of this id')
    return found
  }
  return [
    route({
      method: 'POST',
      path: ROOT,
      auth: 'host',
      summary: 'Make a deck',
      body: { schema: deckRequest, limitBytes: LIMITS.deckBytes },
      replies: { 201: deck },
      handle: async ({ body }) => created(await decks.add(body)),
    }),
    route({
      method: 'GET',
      path: ROOT,
      auth: 'host',
      summary: 'Decks, the newest first',
      query: pageQuery,
      replies: { 200: z.object({ decks: z.array(deckSummary), next: z.string().nullable() }) },
      async handle({ query }) {
        const page = await store.decks({ limit: query.limit, after: query.after })
        return { status: 200, body: { decks: page.decks, next: toCursor(page.next) } }
      },
    }),
    route({
      method: 'POST',
      path: `${ROOT}/import`,
      auth: 'host',
      summary: 'Make a deck of a CSV table; rows with a problem are told and left out',
      query: z.object({ title: line(LIMITS.title) }),
      body: { schema: z.string(), type: 'text/csv', limitBytes: LIMITS.deckBytes },
      replies: {
        201: deck.extend({ errors: z.array(importProblem) }).meta({ id: 'ImportedDeck' }),
        422: nothingImported,
      },
      handle: async ({ query, body }) => created(await decks.import(query.title, readCsv(body))),
    }),
    route({
      method: 'GET',
      path: `${ROOT}/:deck_id`,
      auth: 'host',
      summary: 'One deck',
      resource: find,
      replies: { 200: deck },
      handle: async ({ resource }) => ({ status: 200, body: resource }),
    }),
    route({
      method: 'PUT',
      path: `${ROOT}/:deck_id`,
      auth: 'host',
      summary: 'Replace a deck; questions that bring an id of it keep it',
      resource: find,
      body: { schema: deckReplacement, limitBytes: LIMITS.deckBytes },
      replies: { 200: deck },
      handle: async ({ resource, body }) => ({ status: 200, body: await decks.replace(resource.deck_id, body) }),
    }),
    route({
      method: 'DELETE',
      path: `${ROOT}/:deck_id`,
      auth: 'host',
      summary: 'Remove a deck; quizzes made of it stay',
      resource: find,
      replies: { 204: null },
      async handle({ resource }) {
        await store.removeDeck(resource.deck_id)
        return { status: 204 }
      },
    }),
  ]
}
