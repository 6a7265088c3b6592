/** Texts that a host writes: code points are counted, and nothing invisible changes what people read. */
import { text } from '@quizboard/shared/contracts/rest.ts'

/** Control characters and the separators that act as line breaks. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u
const CONTROL_BUT_BREAKS = /[^\P{Cc}\t\n\r]|[\p{Zl}\p{Zp}]/u
/** They show text in another order than it has. Embeddings and isolates stay: right-to-left decks need them. */
const OVERRIDE = /[\u202d\u202e]/u
/** All that steer direction: nobody's name needs them, and an open one turns the line that follows it. */
const BIDI = /[\u202a-\u202e\u2066-\u2069]/u

export const hasControl = (value: string): boolean => CONTROL.test(value)
export const hasBidiControl = (value: string): boolean => BIDI.test(value)
const isBlank = (value: string) => value.trim() === ''

/** One line of 1…`max` code points: titles, options, answers. */
export const line = (max: number) =>
  text(1, max)
    .refine((value) => !CONTROL.test(value), { message: 'must not contain control characters or line breaks' })
    .refine((value) => !OVERRIDE.test(value), {
      message: 'must not contain characters that override the text direction',
    })
    .refine((value) => value === '' || !isBlank(value), { message: 'must not be blank' })
    .meta({ minLength: 1, maxLength: max })

/** Like `line`, with line breaks and tabs: prompts. */
export const paragraph = (max: number) =>
  text(1, max)
    .refine((value) => !CONTROL_BUT_BREAKS.test(value), { message: 'must not contain control characters' })
    .refine((value) => !OVERRIDE.test(value), {
      message: 'must not contain characters that override the text direction',
    })
    .refine((value) => value === '' || !isBlank(value), { message: 'must not be blank' })
    .meta({ minLength: 1, maxLength: max })
