/** Semantic versions, as far as their order goes. */

const SHAPE = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/

/** Less than 0: `a` is older. Undefined: one of them is no semantic version. */
export const compareVersions = (a: string, b: string): number | undefined => {
  const [left, right] = [SHAPE.exec(a), SHAPE.exec(b)]
  if (!left || !right) return undefined
  for (const part of [1, 2, 3]) {
    const difference = Number(left[part]) - Number(right[part])
    if (difference !== 0) return difference
  }
  return comparePreReleases(left[4], right[4])
}

/** A release is newer than what came before it. */
const comparePreReleases = (a: string | undefined, b: string | undefined): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const [left, right] = [a.split('.'), b.split('.')]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = compareParts(left[at], right[at])
    if (difference !== 0) return difference
  }
  return 0
}

/** Numbers come before words, and what has fewer parts before what goes on. */
const compareParts = (a: string | undefined, b: string | undefined): number => {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  const [left, right] = [a, b].map((part) => (/^\d+$/.test(part) ? Number(part) : undefined))
  if (left !== undefined && right !== undefined) return left - right
  if (left !== undefined || right !== undefined) return left !== undefined ? -1 : 1
  return a < b ? -1 : Number(a > b)
}
