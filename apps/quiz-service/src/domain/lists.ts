/** Lists in request bodies. */
import { z } from 'zod'

/**
 * `min`…`max` items. Of a longer list only the first `max` + 1 are looked at: it is refused anyway, and a million problems
 * would cost more than they tell.
 */
export const list = <T extends z.ZodType>(item: T, min: number, max: number): z.ZodType<z.output<T>[]> => {
  const { $schema: _, ...items } = z.toJSONSchema(item, { io: 'input', unrepresentable: 'any' })
  return z
    .preprocess(
      (value) => (Array.isArray(value) && value.length > max ? value.slice(0, max + 1) : value),
      z.array(item).min(min).max(max),
    )
    .meta({ type: 'array', minItems: min, maxItems: max, items })
}
