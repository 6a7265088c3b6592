/** Draws what a recipe asks for. Whoever calls this must never log what it gives. */
import { generateKey } from '@quizboard/shared/auth/tokens.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import type { GeneratedSecret } from './generated.ts'

/** Key → value, in the clear. */
export const makeSecret = async (
  { data }: Pick<GeneratedSecret, 'data'>,
  random: Random,
): Promise<Record<string, string>> => {
  const values: Record<string, string> = {}
  for (const [key, recipe] of Object.entries(data)) {
    if (recipe.make === 'random') values[key] = Buffer.from(random.bytes(recipe.bytes)).toString('hex')
    else if (recipe.make === 'signing key') values[key] = JSON.stringify(await generateKey())
  }
  for (const [key, recipe] of Object.entries(data))
    if (recipe.make === 'text')
      values[key] = recipe.text.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => values[name] ?? '')
  return values
}
