/**
 * A rule over several fields, said once: zod checks it in `holds`, the API server by CEL in `cel`, both with one message.
 * A rule that compares with what was there before (`oldSelf`) has no `holds`: only the API server knows the past.
 */
import type { z } from 'zod'

export interface Rule<T> {
  /** CEL over `self`; see x-kubernetes-validations. */
  cel: string
  /** Begins with the field's name and says what to do. */
  message: string
  /** The field within `self` that is wrong, as CEL's fieldPath: `.maxReplicas`. */
  at?: string
  holds?: (value: T) => boolean
}

export const VALIDATIONS = 'x-kubernetes-validations'

interface Validation {
  rule: string
  message: string
  fieldPath?: string
}

export const withRules = <S extends z.ZodType>(schema: S, ...rules: Rule<z.output<S>>[]): S => {
  const known = schema.meta() ?? {}
  const before = (known[VALIDATIONS] ?? []) as Validation[]
  const checked = schema.check((context) => {
    for (const { holds, message, at } of rules)
      if (holds && !holds(context.value as z.output<S>))
        context.issues.push({
          code: 'custom',
          message,
          input: context.value,
          path: at ? at.slice(1).split('.') : [],
        })
  })
  const validations = rules.map(({ cel, message, at }) => ({ rule: cel, message, ...(at && { fieldPath: at }) }))
  return checked.meta({ ...known, [VALIDATIONS]: [...before, ...validations] }) as S
}

/** Exactly one of `names` is there: a union whose branches are fields, as Kubernetes writes them. */
export const exactlyOne = <T extends object>(field: string, names: readonly (keyof T & string)[]): Rule<T> => ({
  cel: `[${names.map((name) => `has(self.${name})`).join(', ')}].filter(x, x).size() == 1`,
  message: `${field}: choose exactly one of ${names.join(', ')}`,
  holds: (value) => names.filter((name) => value[name] !== undefined).length === 1,
})

/** What was chosen stays chosen: another store would start empty, and the old one keep the data. */
export const choiceIsFixed = <T extends object>(field: string, names: readonly (keyof T & string)[]): Rule<T> => ({
  cel: names.map((name) => `has(self.${name}) == has(oldSelf.${name})`).join(' && '),
  message:
    `${field}: the kind of store cannot change in place, the data would stay behind; ` +
    'back up, delete this QuizPlatform (Retain keeps the data) and make it again with the new choice',
})

export const fixed = <T>(field: string, why: string): Rule<T> => ({
  cel: 'self == oldSelf',
  message: `${field} cannot change once it is set: ${why}`,
})
