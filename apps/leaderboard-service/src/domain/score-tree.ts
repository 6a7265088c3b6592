/**
 * A counted B+-tree over the records of an IdTable: who is where, in O(log n). Its key is (score descending, reachedAt
 * ascending, id ascending); a leaf has the score, the record has the rest.
 *
 * A leaf is a small bag, in any order: a move takes the entry out of one bag and puts it into another, and no other entry
 * has to be touched. A bag (at most LEAF entries) is put in order when it is split or read. Counting goes by scores alone.
 */
import type { REACHED_HIGH as HIGH, IdTable, REACHED_LOW as LOW, PLACE as RECORD_PLACE } from './id-table.ts'
import {
  type Bound,
  type LEAF_PLACE_BITS,
  type LEAF_PLACES,
  type NO_SLOT,
  type NODE_SLOT_BITS,
  type NODE_SLOTS,
  TreeNodes,
} from './tree-nodes.ts'

// V8 folds a module's own constants, but not what it exports or imports: hence the second names, held together by types.
const PLACE: typeof RECORD_PLACE = 0
const REACHED_LOW: typeof LOW = 1
const REACHED_HIGH: typeof HIGH = 2
const LEAF: typeof LEAF_PLACES = 32
const LEAF_BITS: typeof LEAF_PLACE_BITS = 5
const FAN: typeof NODE_SLOTS = 64
const FAN_BITS: typeof NODE_SLOT_BITS = 6
const NONE: typeof NO_SLOT = -1
/** Bounds looked at one by one, once every BLOCK-th has been. */
const BLOCK = 8
/** All places of a leaf taken. */
const FULL = -1

export class ScoreTree {
  readonly #ids: IdTable
  readonly #nodes: TreeNodes
  /** Of no meaning: keeps reads ahead from being optimised away. An array, for a field of changing kind would cost optimised code. */
  readonly #touched = new Float64Array(1)

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

  /** Reads the entries of these records ahead, so that the waits for memory overlap. */
  touch(handles: Int32Array): void {
    const words = this.#ids.words
    const scores = this.#nodes.scores
    let touched = 0
    for (let i = 0; i < handles.length; i++)
      touched += scores[words[(handles[i] as number) + PLACE] as number] as number
    this.#touched[0] = touched
  }

  #setReached(handle: number, reachedAt: number): void {
    const words = this.#ids.words
    words[handle + REACHED_LOW] = reachedAt
    words[handle + REACHED_HIGH] = Math.floor(reachedAt / 2 ** 32)
  }

  /** Number of entries with a greater score than this one's. */
  above(handle: number): number {
    const { boundScore, leafSlot, nodeSlot } = this.#nodes
    const place = this.#ids.words[handle + PLACE] as number
    const score = this.#nodes.scores[place] as number
    const leaf = place >> LEAF_BITS
    let slot = leafSlot[leaf] as number
    while (slot !== NONE && (slot & (FAN - 1)) === 0) slot = nodeSlot[slot >> FAN_BITS] as number
    // The leaf's own bound. Where it has this score, entries before it may have it too.
    if (slot !== NONE && boundScore[slot] === score) return this.#aboveScore(score)
    let count = this.#aboveInLeaf(leaf, score)
    for (; slot !== NONE; slot = nodeSlot[slot >> FAN_BITS] as number) count += this.#before(slot)
    return count
  }

  #aboveScore(score: number): number {
    const { child, height } = this.#nodes
    let node = this.#nodes.root
    let count = 0
    for (let level = height; level > 0; level--) {
      // Of the slots before this one all entries are above, of those behind it none.
      const slot = this.#lastAbove(node, score)
      count += this.#before(slot)
      node = child[slot] as number
    }
    return count + this.#aboveInLeaf(node, score)
  }

  #aboveInLeaf(leaf: number, score: number): number {
    const { scores } = this.#nodes
    let above = 0
    // A branch here would be mispredicted every other time.
    const start = leaf * LEAF
    for (let place = start; place < start + LEAF; place += 4) {
      above +=
        (Number((scores[place] as number) > score) | 0) +
        (Number((scores[place + 1] as number) > score) | 0) +
        (Number((scores[place + 2] as number) > score) | 0) +
        (Number((scores[place + 3] as number) > score) | 0)
    }
    return above
  }

  /** Entries under the slots before this one in its node. Adds up the shorter side. */
  #before(slot: number): number {
    const { weight, fan, nodeSlot } = this.#nodes
    const node = slot >> FAN_BITS
    const first = node * FAN
    const end = first + (fan[node] as number)
    let sum = 0
    if (slot - first <= end - slot) {
      for (let other = first; other < slot; other++) sum += weight[other] as number
      return sum
    }
    for (let other = slot; other < end; other++) sum += weight[other] as number
    return this.#nodes.weightAt(nodeSlot[node] as number) - sum
  }

  /** Adds a record that is not in the tree yet. */
  insert(handle: number, score: number, reachedAt: number): void {
    this.#setReached(handle, reachedAt)
    this.#put(this.#leafFor(score, reachedAt, handle), handle, score, reachedAt)
  }

  move(handle: number, score: number, reachedAt: number): void {
    const nodes = this.#nodes
    const place = this.#ids.words[handle + PLACE] as number
    const from = place >> LEAF_BITS
    const to = this.#leafFor(score, reachedAt, handle)
    this.#setReached(handle, reachedAt)
    if (to === from) {
      nodes.scores[place] = score
      return
    }
    nodes.free(place)
    if (nodes.taken[to] === FULL) {
      // A split changes the nodes above: the two ways up must not be taken for those of before.
      nodes.addWeight(nodes.leafSlot[from] as number, -1)
      this.#put(to, handle, score, reachedAt)
    } else {
      nodes.put(to, score, handle)
      nodes.shiftWeight(from, to)
    }
    nodes.mergeSparse(0, from)
  }

  /** Handles from `position` (0-based, below the size) on, in order, as far as its leaf goes. Valid until the next change. */
  from(position: number): Int32Array {
    const { child, weight, handles, height } = this.#nodes
    let node = this.#nodes.root
    let left = position
    for (let level = height; level > 0; level--) {
      let slot = node * FAN
      while (left >= (weight[slot] as number)) left -= weight[slot++] as number
      node = child[slot] as number
    }
    return handles.subarray(node * LEAF + left, node * LEAF + this.#sort(node))
  }

  /** The leaf in whose bounds a key lies. */
  #leafFor(score: number, reachedAt: number, handle: number): number {
    const { boundScore, child, height } = this.#nodes
    let node = this.#nodes.root
    for (let level = height; level > 0; level--) {
      let slot = this.#lastNotBelow(node, score)
      // Mostly a key is the latest of its score, and belongs behind all bounds of it.
      if (boundScore[slot] === score && !this.#tiedBound(slot, reachedAt, handle)) {
        slot = this.#lastTied(this.#lastAbove(node, score), slot - 1, reachedAt, handle)
      }
      node = child[slot] as number
    }
    return node
  }

  /**
   * The last slot of a node whose bound has a greater score. Counts instead of halving: the compares of a count need not
   * wait for each other, and no branch depends on them.
   */
  #lastAbove(node: number, score: number): number {
    const { boundScore, fan } = this.#nodes
    const first = node * FAN
    const end = first + (fan[node] as number)
    let blocks = 0
    for (let slot = first + BLOCK; slot < end; slot += BLOCK) {
      blocks += Number((boundScore[slot] as number) > score) | 0
    }
    const block = first + blocks * BLOCK
    let above = 0
    for (let slot = block + 1; slot < block + BLOCK; slot++) above += Number((boundScore[slot] as number) > score) | 0
    return block + above
  }

  /** The last slot of a node whose bound has no smaller score. As `#lastAbove`: a compare that is handed in would not be inlined. */
  #lastNotBelow(node: number, score: number): number {
    const { boundScore, fan } = this.#nodes
    const first = node * FAN
    const end = first + (fan[node] as number)
    let blocks = 0
    for (let slot = first + BLOCK; slot < end; slot += BLOCK) {
      blocks += Number((boundScore[slot] as number) >= score) | 0
    }
    const block = first + blocks * BLOCK
    let above = 0
    for (let slot = block + 1; slot < block + BLOCK; slot++) above += Number((boundScore[slot] as number) >= score) | 0
    return block + above
  }

  /** The last slot from `low` to `high` whose bound is not after a key; the bounds behind `low` all have the key's score. */
  #lastTied(low: number, high: number, reachedAt: number, handle: number): number {
    let first = low
    let last = high
    while (first < last) {
      const middle = (first + last + 1) >>> 1
      if (this.#tiedBound(middle, reachedAt, handle)) first = middle
      else last = middle - 1
    }
    return first
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
    const target = nodes.taken[leaf] === FULL ? this.#split(leaf, handle, score, reachedAt) : leaf
    nodes.put(target, score, handle)
    nodes.addWeight(nodes.leafSlot[target] as number, 1)
  }

  /**
   * Makes room in a full leaf for a key; returns the leaf for it. A key that comes last of its score will be followed by
   * others that come last: the leaf is split behind it, and the leaves that are left behind are full. Else it is halved.
   */
  #split(leaf: number, handle: number, score: number, reachedAt: number): number {
    const { scores, handles } = this.#nodes
    let isLast = true
    let hasEqual = false
    for (let place = leaf * LEAF; place < (leaf + 1) * LEAF && isLast; place++) {
      if (scores[place] !== score) continue
      hasEqual = true
      isLast = this.#precedes(score, handles[place] as number, score, handle)
    }
    return hasEqual && isLast ? this.#splitBehind(leaf, handle, score, reachedAt) : this.#halve(leaf, handle, score)
  }

  /** Splits a leaf where a key that is the last of its score belongs. */
  #splitBehind(leaf: number, handle: number, score: number, reachedAt: number): number {
    const nodes = this.#nodes
    const added = nodes.newLeaf()
    const { scores, handles } = nodes
    let first = -1
    for (let place = leaf * LEAF; place < (leaf + 1) * LEAF; place++) {
      const other = scores[place] as number
      if (other >= score) continue
      const known = handles[place] as number
      if (first === -1 || this.#precedes(other, known, scores[first] as number, handles[first] as number)) first = place
    }
    if (first === -1) {
      nodes.attachAfter(0, leaf, added, 0, { score, reachedAt, handle })
      return added
    }
    const bound = this.#keyAt(first)
    const moved = nodes.moveBelow(leaf, score, added)
    nodes.addWeight(nodes.leafSlot[leaf] as number, -moved)
    nodes.attachAfter(0, leaf, added, moved, bound)
    return leaf
  }

  #halve(leaf: number, handle: number, score: number): number {
    const nodes = this.#nodes
    const added = nodes.newLeaf()
    this.#sort(leaf)
    const middle = leaf * LEAF + LEAF / 2
    const bound = this.#keyAt(middle)
    nodes.moveEntries(middle, added)
    nodes.addWeight(nodes.leafSlot[leaf] as number, -LEAF / 2)
    nodes.attachAfter(0, leaf, added, LEAF / 2, bound)
    return this.#precedes(score, handle, bound.score, bound.handle) ? leaf : added
  }

  #keyAt(place: number): Bound {
    const handle = this.#nodes.handles[place] as number
    return { score: this.#nodes.scores[place] as number, reachedAt: this.reachedOf(handle), handle }
  }

  /** Whether record `a` with `scoreA` is listed before `b` with `scoreB`. */
  #precedes(scoreA: number, a: number, scoreB: number, b: number): boolean {
    if (scoreA !== scoreB) return scoreA > scoreB
    const difference = this.reachedOf(a) - this.reachedOf(b)
    return difference === 0 ? this.#ids.compare(a, b) < 0 : difference < 0
  }

  /** Puts a leaf in order, by insertion, from its first place on; returns how many entries it has. */
  #sort(leaf: number): number {
    const { scores, handles, taken } = this.#nodes
    const words = this.#ids.words
    const start = leaf * LEAF
    let end = start
    for (let place = start; place < start + LEAF; place++) {
      if (((taken[leaf] as number) & (1 << (place & (LEAF - 1)))) === 0) continue
      const score = scores[place] as number
      const handle = handles[place] as number
      this.#nodes.free(place)
      let to = end++
      while (to > start && this.#precedes(score, handle, scores[to - 1] as number, handles[to - 1] as number)) {
        scores[to] = scores[to - 1] as number
        handles[to] = handles[to - 1] as number
        to--
      }
      scores[to] = score
      handles[to] = handle
    }
    for (let place = start; place < end; place++) words[(handles[place] as number) + PLACE] = place
    taken[leaf] = end - start === LEAF ? FULL : 2 ** (end - start) - 1
    return end - start
  }
}
