/**
 * A counted B+-tree over the records of an IdTable: who is where, in O(log n). Its key is (score descending, reachedAt
 * ascending, id ascending); a leaf has the score, the record has the rest.
 *
 * A leaf is a small bag, in any order: a move takes the entry out of one bag and puts it into another, and nothing has to be
 * shifted. A bag (at most LEAF entries) is put in order when it is split or read. All counting is by scores alone.
 */
import { type IdTable, PLACE } from './id-table.ts'
import { FAN, LEAF, TreeNodes } from './tree-nodes.ts'

const REACHED_LOW = 1
const REACHED_HIGH = 2

export class ScoreTree {
  readonly #ids: IdTable
  readonly #nodes: TreeNodes

  constructor(ids: IdTable) {
    this.#ids = ids
    this.#nodes = new TreeNodes(ids)
  }

  get bytes(): number {
    return this.#nodes.bytes
  }

  scoreOf(handle: number): number {
    return this.#nodes.scores[this.#ids.words[handle + PLACE] as number] as number
  }

  reachedOf(handle: number): number {
    const words = this.#ids.words
    return (words[handle + REACHED_HIGH] as number) * 2 ** 32 + ((words[handle + REACHED_LOW] as number) >>> 0)
  }

  #setReached(handle: number, reachedAt: number): void {
    const words = this.#ids.words
    words[handle + REACHED_LOW] = reachedAt
    words[handle + REACHED_HIGH] = Math.floor(reachedAt / 2 ** 32)
  }

  /** Number of entries with a greater score. */
  above(score: number): number {
    const { boundScore, child, fan, scores, leafWeight, height } = this.#nodes
    let node = this.#nodes.root
    let count = 0
    for (let level = height; level > 0; level--) {
      const base = node * FAN
      // The last child whose bound is above: of those before it all entries are above, of those behind it none.
      let low = 0
      let high = (fan[node] as number) - 1
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        if ((boundScore[base + middle] as number) > score) low = middle
        else high = middle - 1
      }
      count += this.#before(node, level, low)
      node = child[base + low] as number
    }
    const end = node * LEAF + (leafWeight[node] as number)
    for (let at = node * LEAF; at < end; at++) count += (((scores[at] as number) > score) as unknown as number) | 0
    return count
  }

  /** Entries under the children of `node` before `index`: adds up the shorter side. */
  #before(node: number, level: number, index: number): number {
    const { child, leafWeight, weight, fan } = this.#nodes
    const weights = level === 1 ? leafWeight : weight
    const base = node * FAN
    const end = fan[node] as number
    let sum = 0
    if (index * 2 <= end) {
      for (let i = base; i < base + index; i++) sum += weights[child[i] as number] as number
      return sum
    }
    for (let i = base + index; i < base + end; i++) sum += weights[child[i] as number] as number
    return (weight[node] as number) - sum
  }

  /** Adds a record that is not in the tree yet. */
  insert(handle: number, score: number, reachedAt: number): void {
    this.#setReached(handle, reachedAt)
    this.#put(this.#leafFor(score, reachedAt, handle), handle, score, reachedAt)
  }

  move(handle: number, score: number, reachedAt: number): void {
    const nodes = this.#nodes
    const place = this.#ids.words[handle + PLACE] as number
    const from = (place / LEAF) | 0
    const to = this.#leafFor(score, reachedAt, handle)
    this.#setReached(handle, reachedAt)
    if (to === from) {
      nodes.scores[place] = score
      return
    }
    const merged = this.#take(from, place)
    this.#put(merged ? this.#leafFor(score, reachedAt, handle) : to, handle, score, reachedAt)
  }

  /** Handles from `position` (0-based, below the size) on, in order, as far as its leaf goes. Valid until the next change. */
  from(position: number): Int32Array {
    const { child, leafWeight, weight, handles, height } = this.#nodes
    let node = this.#nodes.root
    let left = position
    for (let level = height; level > 0; level--) {
      const weights = level === 1 ? leafWeight : weight
      let at = node * FAN
      node = child[at] as number
      while (left >= (weights[node] as number)) {
        left -= weights[node] as number
        node = child[++at] as number
      }
    }
    this.#sort(node)
    return handles.subarray(node * LEAF + left, node * LEAF + (leafWeight[node] as number))
  }

  /** The leaf in whose bounds a key lies. */
  #leafFor(score: number, reachedAt: number, handle: number): number {
    const { boundScore, child, fan, height } = this.#nodes
    let node = this.#nodes.root
    for (let level = height; level > 0; level--) {
      const base = node * FAN
      let low = 0
      let high = (fan[node] as number) - 1
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        const bound = boundScore[base + middle] as number
        if (bound > score || (bound === score && this.#tiedBound(base + middle, reachedAt, handle))) low = middle
        else high = middle - 1
      }
      node = child[base + low] as number
    }
    return node
  }

  /** Whether a key with the bound's score lies at or after the bound. */
  #tiedBound(at: number, reachedAt: number, handle: number): boolean {
    const bound = this.#nodes.boundReached[at] as number
    return bound === reachedAt
      ? this.#ids.compare(this.#nodes.boundHandle[at] as number, handle) <= 0
      : bound < reachedAt
  }

  #put(leaf: number, handle: number, score: number, reachedAt: number): void {
    const nodes = this.#nodes
    const target = nodes.leafWeight[leaf] === LEAF ? this.#split(leaf, handle, score, reachedAt) : leaf
    const place = target * LEAF + (nodes.leafWeight[target] as number)
    nodes.scores[place] = score
    nodes.handles[place] = handle
    this.#ids.words[handle + PLACE] = place
    nodes.addWeight(target, 1)
  }

  /** Takes an entry out of its leaf; true: leaves have been merged. */
  #take(leaf: number, place: number): boolean {
    const nodes = this.#nodes
    const last = leaf * LEAF + (nodes.leafWeight[leaf] as number) - 1
    const moved = nodes.handles[last] as number
    nodes.scores[place] = nodes.scores[last] as number
    nodes.handles[place] = moved
    this.#ids.words[moved + PLACE] = place
    nodes.addWeight(leaf, -1)
    return nodes.mergeSparse(0, leaf)
  }

  /**
   * Makes room in a full leaf for a key; returns the leaf for it. A key behind all others gets a leaf of its own: so joins
   * in the order of their time fill leaves to the brim.
   */
  #split(leaf: number, handle: number, score: number, reachedAt: number): number {
    const nodes = this.#nodes
    const added = nodes.newLeaf()
    this.#sort(leaf)
    const last = leaf * LEAF + LEAF - 1
    if (this.#precedes(nodes.scores[last] as number, nodes.handles[last] as number, score, handle)) {
      nodes.attachAfter(0, leaf, added, { score, reachedAt, handle })
      return added
    }
    const middle = leaf * LEAF + LEAF / 2
    const boundHandle = nodes.handles[middle] as number
    const bound = { score: nodes.scores[middle] as number, reachedAt: this.reachedOf(boundHandle), handle: boundHandle }
    nodes.moveEntries(middle, LEAF / 2, added)
    nodes.addWeight(leaf, -LEAF / 2)
    nodes.leafWeight[added] = LEAF / 2
    nodes.attachAfter(0, leaf, added, bound)
    return this.#precedes(score, handle, bound.score, boundHandle) ? leaf : added
  }

  /** Whether record `a` with `scoreA` is listed before `b` with `scoreB`. */
  #precedes(scoreA: number, a: number, scoreB: number, b: number): boolean {
    if (scoreA !== scoreB) return scoreA > scoreB
    const difference = this.reachedOf(a) - this.reachedOf(b)
    return difference === 0 ? this.#ids.compare(a, b) < 0 : difference < 0
  }

  /** Puts a leaf in order, by insertion. */
  #sort(leaf: number): void {
    const { scores, handles, leafWeight } = this.#nodes
    const words = this.#ids.words
    const start = leaf * LEAF
    const end = start + (leafWeight[leaf] as number)
    for (let at = start + 1; at < end; at++) {
      const score = scores[at] as number
      const handle = handles[at] as number
      let to = at
      while (to > start && this.#precedes(score, handle, scores[to - 1] as number, handles[to - 1] as number)) {
        scores[to] = scores[to - 1] as number
        handles[to] = handles[to - 1] as number
        to--
      }
      scores[to] = score
      handles[to] = handle
    }
    for (let at = start; at < end; at++) words[(handles[at] as number) + PLACE] = at
  }
}
