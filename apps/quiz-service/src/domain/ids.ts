/** Ids: a quiz_id that people type, and ids that only programs see. */
import type { Random } from '@quizboard/shared/ports/random.ts'

/** Nothing that is mistaken for another (0/O, 1/I), and no vowels: no words come out by accident. */
const TYPED_ALPHABET = '23456789BCDFGHJKLMNPQRSTVWXYZ'
const TYPED_LENGTH = 6
/** 32 letters: five bits each, so a byte's low bits choose without bias. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 16

/** 29⁶ ≈ 600 million; whoever stores it must check that it is free. */
export const newQuizId = (random: Random): string => {
  let id = ''
  for (let i = 0; i < TYPED_LENGTH; i++) id += TYPED_ALPHABET.charAt(Math.floor(random.next() * TYPED_ALPHABET.length))
  return id
}

/** 80 bits, safe in a URL without encoding. */
export const newId = (random: Random): string => {
  let id = ''
  for (const byte of random.bytes(LENGTH)) id += ALPHABET.charAt(byte & 31)
  return id
}

/**
 * The quiz_id as it is stored, whatever the case it was typed in; undefined: it cannot be one. ASCII alone: `toUpperCase`
 * makes an S of ſ.
 */
export const canonicalQuizId = (typed: string): string | undefined =>
  /^[0-9A-Za-z]{1,32}$/.test(typed) ? typed.toUpperCase() : undefined

/** Whether a text can be an id of ours at all: what cannot is not looked up. */
export const isIdLike = (text: string): boolean => /^[0-9A-Za-z_-]{1,64}$/.test(text)
