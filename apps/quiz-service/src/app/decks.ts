/** Decks: make, change, list, import. */
import type { Deck } from '@quizboard/shared/contracts/rest.ts'
import { ProblemError } from '@quizboard/shared/http/problem.ts'
import { bodyItem, invalid } from '@quizboard/shared/http/validate.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { buildDeck, type DeckReplacement, type DeckRequest, type IdProblem, replaceDeck } from '../domain/deck.ts'
import type { QuizStore } from '../ports/quiz-store.ts'
import { type CsvContent, type Imported, importQuestions } from './deck-import.ts'

export interface Decks {
  add(written: DeckRequest): Promise<Deck>
  /** Rejects with a ProblemError if ids in it are wrong, or if the deck is gone. */
  replace(deckId: string, written: DeckReplacement): Promise<Deck>
  /** Rejects with a ProblemError if no row is good. */
  import(title: string, content: CsvContent): Promise<Deck & Pick<Imported, 'errors'>>
}

export interface DecksOptions {
  store: QuizStore
  clock: Clock
  random: Random
}

export const createDecks = ({ store, clock, random }: DecksOptions): Decks => {
  const add = async (written: DeckRequest) => {
    const deck = buildDeck(written, random, clock.now())
    await store.addDeck(deck)
    return deck
  }
  return {
    add,
    async replace(deckId, written) {
      const deck = await store.changeDeck(deckId, (before) => {
        const replaced = replaceDeck(before, written, random, clock.now())
        if (!replaced.ok) throw idProblem(replaced.problems)
        return replaced.deck
      })
      if (!deck) throw new ProblemError('deck/unknown', 'There is no deck of this id')
      return deck
    },
    async import(title, content) {
      const { questions, errors } = importQuestions(content)
      if (questions.length === 0)
        throw new ProblemError('body/invalid', 'No row of the table is a good question', { extra: { errors } })
      return { ...(await add({ title, questions })), errors }
    },
  }
}

/** An unknown id has a code of its own. */
const idProblem = (problems: readonly IdProblem[]): ProblemError => {
  const errors = problems.map(({ path, detail, value }) => bodyItem(path, detail, value))
  if (!problems.some(({ unknown }) => unknown)) return invalid(errors)
  return new ProblemError('question/unknown', 'The deck has no question of such an id', { errors })
}
