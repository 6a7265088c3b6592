/** What the host has corrected of a question: what is right from then on, instead of what its definition says. */
export interface Correction {
  quiz_id: string
  question_id: string
  /** Of the quiz's corrections, rising: the newest of a question counts. */
  revision: number
  /** The key. */
  answer: string
  /** Also right. */
  accept: string[]
}
