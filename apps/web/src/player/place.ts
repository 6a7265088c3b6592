/** This browser's place in a quiz: who it joined as. Kept per quiz, under the id in lower case, as ids match without case. */
import type { Joined } from '@quizboard/shared/contracts/rest.ts'
import { randomId } from '../lib/ids.ts'
import { hasStrings, type KeyValue } from '../lib/storage.ts'

export type Place = Joined

const placeKey = (quizId: string) => `place.${quizId.toLowerCase()}`
const joinKey = (quizId: string) => `join.${quizId.toLowerCase()}`
const NAME_KEY = 'name'

export const loadPlace = (storage: KeyValue, quizId: string): Place | undefined => {
  const value = storage.read(placeKey(quizId))
  return hasStrings(value, 'quiz_id', 'user_id', 'name', 'token') ? value : undefined
}

/** `askedName`: what was typed; the place may say `Anna 2`. */
export const savePlace = (storage: KeyValue, quizId: string, place: Place, askedName: string): void => {
  storage.write(placeKey(quizId), place)
  storage.remove(joinKey(quizId))
  storage.write(NAME_KEY, askedName)
}

export const forgetPlace = (storage: KeyValue, quizId: string): void => storage.remove(placeKey(quizId))

/** Made at the first try and kept until a reply came: a repeat is then the same player, not a second one. */
export const joinIdOf = (storage: KeyValue, quizId: string): string => {
  const kept = storage.read(joinKey(quizId))
  if (typeof kept === 'string') return kept
  const made = randomId()
  storage.write(joinKey(quizId), made)
  return made
}

/** The name of the last quiz, to offer it again. */
export const lastName = (storage: KeyValue): string => {
  const value = storage.read(NAME_KEY)
  return typeof value === 'string' ? value : ''
}
