/**
 * The nodes of a counted B+-tree in typed arrays: their growth, splitting and merging. See score-tree.ts for what they mean.
 * A leaf holds up to LEAF entries (score, handle) in any order; an inner node up to FAN children in order, each with a
 * bound: every key under child i is at or after bound i and before bound i + 1. Bound 0 is never looked at.
 */
import { type IdTable, PLACE } from './id-table.ts'

export const LEAF = 32
export const FAN = 64
const NONE = -1
/** A node less than a quarter full is merged with a neighbour, if both together fill no more than three quarters. */
const SPARSE = 1 / 4
const MERGED = 3 / 4

/** The key of a record at some time; the id is the record's. */
export interface Bound {
  score: number
  reachedAt: number
  handle: number
}

const grown = <T extends Float64Array | Int32Array>(array: T, length: number): T => {
  const larger = new (array.constructor as new (length: number) => T)(length)
  larger.set(array)
  return larger
}

export class TreeNodes {
  readonly #ids: IdTable
  root = 0
  /** Inner levels above the leaves; 0: the root is a leaf. */
  height = 0

  // Leaves. Entries by leaf × LEAF + position: a record's PLACE.
  scores = new Float64Array(LEAF)
  handles = new Int32Array(LEAF)
  leafWeight = new Int32Array(1)
  #leafParent = new Int32Array([NONE])
  #leaves = 1
  #freeLeaves: number[] = []

  // Inner nodes. Children and their bounds by node × FAN + index. `weight`: entries below.
  child = new Int32Array(0)
  boundScore = new Float64Array(0)
  boundReached = new Float64Array(0)
  boundHandle = new Int32Array(0)
  fan = new Int32Array(0)
  weight = new Int32Array(0)
  #parent = new Int32Array(0)
  #nodes = 0
  #freeNodes: number[] = []

  constructor(ids: IdTable) {
    this.#ids = ids
  }

  get bytes(): number {
    return this.leafWeight.length * (LEAF * 12 + 8) + this.fan.length * (FAN * 24 + 12)
  }

  /** Adds `change` to the weight of a leaf and of all above it. */
  addWeight(leaf: number, change: number): void {
    this.leafWeight[leaf] = (this.leafWeight[leaf] as number) + change
    this.#addAbove(this.#leafParent[leaf] as number, change)
  }

  #addAbove(first: number, change: number): void {
    const weight = this.weight
    const parent = this.#parent
    for (let node = first; node !== NONE; node = parent[node] as number)
      weight[node] = (weight[node] as number) + change
  }

  newLeaf(): number {
    const free = this.#freeLeaves.pop()
    if (free !== undefined) return free
    if (this.#leaves === this.leafWeight.length) {
      const length = Math.ceil(this.#leaves * 1.25) + 1
      this.scores = grown(this.scores, length * LEAF)
      this.handles = grown(this.handles, length * LEAF)
      this.leafWeight = grown(this.leafWeight, length)
      this.#leafParent = grown(this.#leafParent, length)
    }
    return this.#leaves++
  }

  #newNode(): number {
    const free = this.#freeNodes.pop()
    if (free !== undefined) return free
    if (this.#nodes === this.fan.length) {
      const length = Math.ceil(this.#nodes * 1.25) + 1
      this.child = grown(this.child, length * FAN)
      this.boundScore = grown(this.boundScore, length * FAN)
      this.boundReached = grown(this.boundReached, length * FAN)
      this.boundHandle = grown(this.boundHandle, length * FAN)
      this.fan = grown(this.fan, length)
      this.weight = grown(this.weight, length)
      this.#parent = grown(this.#parent, length)
    }
    return this.#nodes++
  }

  /** Parents of the nodes at `level` (0: leaves). */
  #parents(level: number): Int32Array {
    return level === 0 ? this.#leafParent : this.#parent
  }

  #weightOf(level: number, node: number): number {
    return (level === 0 ? this.leafWeight[node] : this.weight[node]) as number
  }

  /** Entries of a leaf, children of an inner node. */
  #countOf(level: number, node: number): number {
    return (level === 0 ? this.leafWeight[node] : this.fan[node]) as number
  }

  #indexOf(parent: number, node: number): number {
    const base = parent * FAN
    let index = 0
    while (this.child[base + index] !== node) index++
    return index
  }

  /** Moves `count` entries from `from` on to the end of `leaf`. Weights are the caller's. */
  moveEntries(from: number, count: number, leaf: number): void {
    const words = this.#ids.words
    let to = leaf * LEAF + (this.leafWeight[leaf] as number)
    for (let at = from; at < from + count; at++, to++) {
      const handle = this.handles[at] as number
      this.scores[to] = this.scores[at] as number
      this.handles[to] = handle
      words[handle + PLACE] = to
    }
  }

  /** Moves all children from `index` on behind those of `to`; `bound` becomes the first one's. */
  #moveChildren(from: number, index: number, to: number, level: number, bound: Bound): void {
    const start = from * FAN + index
    const end = from * FAN + (this.fan[from] as number)
    const target = to * FAN + (this.fan[to] as number)
    this.child.copyWithin(target, start, end)
    this.boundScore.copyWithin(target, start, end)
    this.boundReached.copyWithin(target, start, end)
    this.boundHandle.copyWithin(target, start, end)
    this.#setBound(target, bound)
    const parents = this.#parents(level)
    let moved = 0
    for (let at = target; at < target + end - start; at++) {
      const child = this.child[at] as number
      parents[child] = to
      moved += this.#weightOf(level, child)
    }
    this.fan[from] = index
    this.fan[to] = (this.fan[to] as number) + end - start
    this.weight[to] = (this.weight[to] as number) + moved
    this.weight[from] = (this.weight[from] as number) - moved
  }

  #bound(at: number): Bound {
    return {
      score: this.boundScore[at] as number,
      reachedAt: this.boundReached[at] as number,
      handle: this.boundHandle[at] as number,
    }
  }

  #setBound(at: number, { score, reachedAt, handle }: Bound): void {
    this.boundScore[at] = score
    this.boundReached[at] = reachedAt
    this.boundHandle[at] = handle
  }

  /** Makes `added` the next sibling of `node`, both at `level`, and counts it above. */
  attachAfter(level: number, node: number, added: number, bound: Bound): void {
    let parent = this.#parents(level)[node] as number
    if (parent === NONE) parent = this.#raiseRoot(level, node)
    else if (this.fan[parent] === FAN) {
      this.#splitNode(parent, level)
      parent = this.#parents(level)[node] as number
    }
    const at = parent * FAN + this.#indexOf(parent, node) + 1
    const end = parent * FAN + (this.fan[parent] as number)
    this.child.copyWithin(at + 1, at, end)
    this.boundScore.copyWithin(at + 1, at, end)
    this.boundReached.copyWithin(at + 1, at, end)
    this.boundHandle.copyWithin(at + 1, at, end)
    this.child[at] = added
    this.#setBound(at, bound)
    this.fan[parent] = (this.fan[parent] as number) + 1
    this.#parents(level)[added] = parent
    this.#addAbove(parent, this.#weightOf(level, added))
  }

  #raiseRoot(level: number, node: number): number {
    const root = this.#newNode()
    this.child[root * FAN] = node
    this.fan[root] = 1
    this.weight[root] = this.#weightOf(level, node)
    this.#parent[root] = NONE
    this.#parents(level)[node] = root
    this.root = root
    this.height++
    return root
  }

  /** Splits a full inner node whose children are at `level`. */
  #splitNode(node: number, level: number): void {
    const half = FAN / 2
    const right = this.#newNode()
    this.fan[right] = 0
    this.weight[right] = 0
    const bound = this.#bound(node * FAN + half)
    this.#moveChildren(node, half, right, level, bound)
    this.#addAbove(this.#parent[node] as number, -(this.weight[right] as number))
    this.attachAfter(level + 1, node, right, bound)
  }

  /** Merges a node with a neighbour if it has become sparse, and drops it when empty; true: nodes have changed. */
  mergeSparse(level: number, node: number): boolean {
    const count = this.#countOf(level, node)
    const capacity = level === 0 ? LEAF : FAN
    const parent = this.#parents(level)[node] as number
    if (count >= capacity * SPARSE || parent === NONE) return false
    const room = capacity * MERGED - count
    const index = this.#indexOf(parent, node)
    const base = parent * FAN
    if (count === 0) this.#detach(level, parent, index)
    else if (index > 0 && this.#countOf(level, this.child[base + index - 1] as number) <= room) {
      this.#merge(level, parent, index - 1)
    } else if (
      index + 1 < (this.fan[parent] as number) &&
      this.#countOf(level, this.child[base + index + 1] as number) <= room
    ) {
      this.#merge(level, parent, index)
    } else return false
    return true
  }

  /** Merges child `index + 1` into child `index`. */
  #merge(level: number, parent: number, index: number): void {
    const at = parent * FAN + index
    const left = this.child[at] as number
    const right = this.child[at + 1] as number
    if (level === 0) {
      const count = this.leafWeight[right] as number
      this.moveEntries(right * LEAF, count, left)
      this.leafWeight[left] = (this.leafWeight[left] as number) + count
    } else this.#moveChildren(right, 0, left, level - 1, this.#bound(at + 1))
    this.#detach(level, parent, index + 1)
  }

  /** Drops a child whose weight is counted elsewhere by now. */
  #detach(level: number, parent: number, index: number): void {
    const at = parent * FAN + index
    const end = parent * FAN + (this.fan[parent] as number)
    const dropped = this.child[at] as number
    this.child.copyWithin(at, at + 1, end)
    this.boundScore.copyWithin(at, at + 1, end)
    this.boundReached.copyWithin(at, at + 1, end)
    this.boundHandle.copyWithin(at, at + 1, end)
    const fan = (this.fan[parent] as number) - 1
    this.fan[parent] = fan
    if (level === 0) {
      this.leafWeight[dropped] = 0
      this.#freeLeaves.push(dropped)
    } else this.#freeNodes.push(dropped)
    if (parent === this.root) this.#lowerRoot()
    else this.mergeSparse(level + 1, parent)
  }

  #lowerRoot(): void {
    while (this.height > 0 && this.fan[this.root] === 1) {
      this.#freeNodes.push(this.root)
      this.root = this.child[this.root * FAN] as number
      this.height--
      this.#parents(this.height)[this.root] = NONE
    }
  }
}
