/**
 * The nodes of a counted B+-tree in typed arrays: their growth, splitting and merging. See score-tree.ts for what they mean.
 * A leaf has LEAF places for entries (score, handle), taken in any order. An inner node has up to FAN slots in order,
 * numbered node × FAN + index; a slot has a child, the number of entries under it, and a bound: every key under the child
 * is at or after the slot's bound and before the next slot's. Every node knows its slot.
 * What a search never takes needs no test: a free place scores -Infinity, so does the bound of a slot not in use, and a
 * node's first bound scores Infinity.
 */
import type { IdTable, PLACE as RECORD_PLACE } from './id-table.ts'

// V8 folds a module's own constants, but not what it exports or imports: hence the second names, held together by types.
const LEAF = 32
const LEAF_BITS = 5
const FAN = 64
const FAN_BITS = 6
const NONE = -1
const PLACE: typeof RECORD_PLACE = 0
/** One bit each of a 32-bit word says which places are taken. */
export const LEAF_PLACES = LEAF
export const LEAF_PLACE_BITS = LEAF_BITS
export const NODE_SLOTS = FAN
export const NODE_SLOT_BITS = FAN_BITS
/** The slot of the root. */
export const NO_SLOT = NONE

const FREE = Number.NEGATIVE_INFINITY
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
  /** Entries in the tree. */
  size = 0

  // Leaves. Entries by leaf × LEAF + place in it: a record's PLACE.
  scores = new Float64Array(LEAF).fill(FREE)
  handles = new Int32Array(LEAF)
  taken = new Int32Array(1)
  leafSlot = new Int32Array([NONE])
  #leaves = 1
  #freeLeaves: number[] = []

  // By slot.
  child = new Int32Array(0)
  weight = new Int32Array(0)
  boundScore = new Float64Array(0)
  boundReached = new Float64Array(0)
  boundHandle = new Int32Array(0)
  // Inner nodes: children in use, slot of its own.
  fan = new Int32Array(0)
  nodeSlot = new Int32Array(0)
  #nodes = 0
  #freeNodes: number[] = []

  constructor(ids: IdTable) {
    this.#ids = ids
  }

  get bytes(): number {
    return this.taken.length * (LEAF * 12 + 8) + this.fan.length * (FAN * 28 + 8)
  }

  /** Puts an entry into a leaf that is not full; returns its place. Counts are the caller's. */
  put(leaf: number, score: number, handle: number): number {
    const taken = this.taken[leaf] as number
    const free = ~taken & (taken + 1)
    const place = leaf * LEAF + 31 - Math.clz32(free)
    this.taken[leaf] = taken | free
    this.scores[place] = score
    this.handles[place] = handle
    this.#ids.words[handle + PLACE] = place
    return place
  }

  /** Frees a place. Counts are the caller's. */
  free(place: number): void {
    const leaf = place >> LEAF_BITS
    this.taken[leaf] = (this.taken[leaf] as number) & ~(1 << (place & (LEAF - 1)))
    this.scores[place] = FREE
  }

  /** Counts `change` entries more under a slot, and so in the tree. */
  addWeight(first: number, change: number): void {
    const { weight, nodeSlot } = this
    this.size += change
    for (let slot = first; slot !== NONE; slot = nodeSlot[slot >> FAN_BITS] as number) {
      weight[slot] = (weight[slot] as number) + change
    }
  }

  /** Counts an entry less in one leaf and one more in another; above where their ways meet nothing changes. */
  shiftWeight(from: number, to: number): void {
    const { weight, nodeSlot, leafSlot } = this
    let less = leafSlot[from] as number
    let more = leafSlot[to] as number
    while (less !== more) {
      weight[less] = (weight[less] as number) - 1
      weight[more] = (weight[more] as number) + 1
      less = nodeSlot[less >> FAN_BITS] as number
      more = nodeSlot[more >> FAN_BITS] as number
    }
  }

  newLeaf(): number {
    const free = this.#freeLeaves.pop()
    if (free !== undefined) return free
    if (this.#leaves === this.taken.length) {
      const length = Math.ceil(this.#leaves * 1.25) + 1
      this.scores = grown(this.scores, length * LEAF).fill(FREE, this.#leaves * LEAF)
      this.handles = grown(this.handles, length * LEAF)
      this.taken = grown(this.taken, length)
      this.leafSlot = grown(this.leafSlot, length)
    }
    return this.#leaves++
  }

  #newNode(): number {
    const free = this.#freeNodes.pop()
    if (free !== undefined) return free
    if (this.#nodes === this.fan.length) {
      const length = Math.ceil(this.#nodes * 1.25) + 1
      this.child = grown(this.child, length * FAN)
      this.weight = grown(this.weight, length * FAN)
      this.boundScore = grown(this.boundScore, length * FAN)
      this.boundReached = grown(this.boundReached, length * FAN)
      this.boundHandle = grown(this.boundHandle, length * FAN)
      this.fan = grown(this.fan, length)
      this.nodeSlot = grown(this.nodeSlot, length)
    }
    return this.#nodes++
  }

  /** The slots of the nodes at `level` (0: leaves). */
  #slots(level: number): Int32Array {
    return level === 0 ? this.leafSlot : this.nodeSlot
  }

  /** Entries of a leaf, children of an inner node. */
  #used(level: number, node: number): number {
    return level === 0 ? this.weightAt(this.leafSlot[node] as number) : (this.fan[node] as number)
  }

  /** Entries under a slot; under the root, that has none: all. */
  weightAt(slot: number): number {
    return slot === NONE ? this.size : (this.weight[slot] as number)
  }

  /** Moves all entries from place `first` of its leaf on into `leaf`. Counts are the caller's. */
  moveEntries(first: number, leaf: number): void {
    const from = first >> LEAF_BITS
    const taken = this.taken[from] as number
    for (let place = first; place < (from + 1) * LEAF; place++) {
      if ((taken & (1 << (place & (LEAF - 1)))) === 0) continue
      this.put(leaf, this.scores[place] as number, this.handles[place] as number)
      this.free(place)
    }
  }

  /** Moves the entries of a full leaf that score less than `score` into an empty one; returns how many. Counts are the caller's. */
  moveBelow(from: number, score: number, to: number): number {
    let moved = 0
    for (let place = from * LEAF; place < (from + 1) * LEAF; place++) {
      const other = this.scores[place] as number
      if (other >= score) continue
      this.put(to, other, this.handles[place] as number)
      this.free(place)
      moved++
    }
    return moved
  }

  /** Moves slots with all they have; children are at `level`. Returns the entries under them. */
  #moveSlots(level: number, from: number, end: number, to: number): number {
    const { child, weight, boundScore, boundReached, boundHandle } = this
    const slots = this.#slots(level)
    const count = end - from
    // Where both ranges overlap, what is not moved yet must not be overwritten.
    const step = to > from ? -1 : 1
    let moved = 0
    for (let i = step === 1 ? 0 : count - 1; i >= 0 && i < count; i += step) {
      const source = from + i
      const target = to + i
      const node = child[source] as number
      child[target] = node
      slots[node] = target
      weight[target] = weight[source] as number
      moved += weight[target] as number
      boundScore[target] = boundScore[source] as number
      boundReached[target] = boundReached[source] as number
      boundHandle[target] = boundHandle[source] as number
    }
    return moved
  }

  /** Sets the bounds that no search may take. */
  #closeBounds(node: number): void {
    const first = node * FAN
    this.boundScore[first] = Number.POSITIVE_INFINITY
    this.boundScore.fill(FREE, first + (this.fan[node] as number), first + FAN)
  }

  #bound(slot: number): Bound {
    return {
      score: this.boundScore[slot] as number,
      reachedAt: this.boundReached[slot] as number,
      handle: this.boundHandle[slot] as number,
    }
  }

  #setBound(slot: number, { score, reachedAt, handle }: Bound): void {
    this.boundScore[slot] = score
    this.boundReached[slot] = reachedAt
    this.boundHandle[slot] = handle
  }

  /** Makes `added`, which has `weight` entries, the next sibling of `node`, both at `level`, and counts them above. */
  attachAfter(level: number, node: number, added: number, weight: number, bound: Bound): void {
    let before = this.#slots(level)[node] as number
    if (before === NONE) before = this.#raiseRoot(level, node)
    else if (this.fan[before >> FAN_BITS] === FAN) {
      this.#splitNode(before >> FAN_BITS, level)
      before = this.#slots(level)[node] as number
    }
    const parent = before >> FAN_BITS
    const slot = before + 1
    this.#moveSlots(level, slot, parent * FAN + (this.fan[parent] as number), slot + 1)
    this.fan[parent] = (this.fan[parent] as number) + 1
    this.child[slot] = added
    this.weight[slot] = 0
    this.#setBound(slot, bound)
    this.#slots(level)[added] = slot
    this.#closeBounds(parent)
    this.addWeight(slot, weight)
  }

  /** Puts a new root above the old one; returns the old one's slot. */
  #raiseRoot(level: number, old: number): number {
    const root = this.#newNode()
    const slot = root * FAN
    this.child[slot] = old
    this.weight[slot] = this.size
    this.fan[root] = 1
    this.nodeSlot[root] = NONE
    this.#slots(level)[old] = slot
    this.root = root
    this.height++
    return slot
  }

  /** Splits a full inner node whose children are at `level`. */
  #splitNode(node: number, level: number): void {
    const half = FAN / 2
    const right = this.#newNode()
    const bound = this.#bound(node * FAN + half)
    const moved = this.#moveSlots(level, node * FAN + half, node * FAN + FAN, right * FAN)
    this.fan[node] = half
    this.fan[right] = half
    this.#closeBounds(node)
    this.#closeBounds(right)
    this.addWeight(this.nodeSlot[node] as number, -moved)
    this.attachAfter(level + 1, node, right, moved, bound)
  }

  /** Merges a node with a neighbour if it has become sparse, and drops it when empty; true: nodes have changed. */
  mergeSparse(level: number, node: number): boolean {
    const used = this.#used(level, node)
    const capacity = level === 0 ? LEAF : FAN
    const slot = this.#slots(level)[node] as number
    if (used >= capacity * SPARSE || slot === NONE) return false
    const room = capacity * MERGED - used
    const index = slot & (FAN - 1)
    const fan = this.fan[slot >> FAN_BITS] as number
    if (used === 0) this.#detach(level, slot)
    else if (index > 0 && this.#used(level, this.child[slot - 1] as number) <= room) this.#merge(level, slot - 1)
    else if (index + 1 < fan && this.#used(level, this.child[slot + 1] as number) <= room) this.#merge(level, slot)
    else return false
    return true
  }

  /** Merges the child of the next slot into that of `slot`. */
  #merge(level: number, slot: number): void {
    const left = this.child[slot] as number
    const right = this.child[slot + 1] as number
    if (level === 0) this.moveEntries(right * LEAF, left)
    else {
      const used = this.fan[right] as number
      const end = left * FAN + (this.fan[left] as number)
      this.#moveSlots(level - 1, right * FAN, right * FAN + used, end)
      this.#setBound(end, this.#bound(slot + 1))
      this.fan[left] = (this.fan[left] as number) + used
      this.#closeBounds(left)
    }
    this.weight[slot] = (this.weight[slot] as number) + (this.weight[slot + 1] as number)
    this.#detach(level, slot + 1)
  }

  /** Drops a slot and its empty child. */
  #detach(level: number, slot: number): void {
    const parent = slot >> FAN_BITS
    const dropped = this.child[slot] as number
    this.#moveSlots(level, slot + 1, parent * FAN + (this.fan[parent] as number), slot)
    this.fan[parent] = (this.fan[parent] as number) - 1
    this.#closeBounds(parent)
    if (level === 0) this.#freeLeaves.push(dropped)
    else this.#freeNodes.push(dropped)
    if (parent === this.root) this.#lowerRoot()
    else this.mergeSparse(level + 1, parent)
  }

  #lowerRoot(): void {
    while (this.height > 0 && this.fan[this.root] === 1) {
      this.#freeNodes.push(this.root)
      this.root = this.child[this.root * FAN] as number
      this.height--
      this.#slots(this.height)[this.root] = NONE
    }
  }
}
