/** Where the next page of documents begins, as an opaque text: base64url of the last document's place. */
import type { DocumentPlace } from './ports/answer-store.ts'

export const writeCursor = ({ user_id, question_id }: DocumentPlace): string =>
  Buffer.from(JSON.stringify([user_id, question_id])).toString('base64url')

/** undefined: not a cursor of ours. */
export const readCursor = (cursor: string): DocumentPlace | undefined => {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(place) || place.length !== 2) return undefined
    const [user_id, question_id] = place
    return typeof user_id === 'string' && typeof question_id === 'string' ? { user_id, question_id } : undefined
  } catch {
    return undefined
  }
}
