/**
 * Strings to records, packed: one arena of 32-bit words holds, for each id, `HEADER` words of the caller's and then the id;
 * an open-addressing table finds it. A handle is the record's first word; records never move, so a handle stays valid.
 *
 * An id is stored as words, its length in the first byte, so that equal words mean equal ids and a look-up reads each
 * character once. Narrow: ≤ 254 characters up to U+00FF, a byte each. Wide: anything else, marked by 255 and a length of
 * three bytes, two code units a word.
 */
const HEADER = 3
/** The header word that says where a record lies in the tree (tree-nodes.ts). */
export const PLACE = 0
/** The two header words of the time at which a player got to the score (score-tree.ts). */
export const REACHED_LOW = 1
export const REACHED_HIGH = 2

const NARROW_MAX = 254
const WIDE = 255
/** A slot is a handle, and above it a few bits of the hash, which spare most reads of records that are not the one looked for. */
const HANDLE_BITS = 27
const HANDLE_MASK = 2 ** HANDLE_BITS - 1
const MAX_WORDS = 2 ** HANDLE_BITS
const MAX_LOAD = 0.75
/** Ids looked up together. */
const BATCH = 64
/** Below this size a table lies in the fastest cache, and there is nothing to wait for. */
const CACHED_WORDS = 2 ** 13

const mix = (hash: number, word: number): number => {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}
const finish = (hash: number): number => {
  const mixed = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b)
  return mixed ^ (mixed >>> 16)
}

export class IdTable {
  size = 0
  /** The arena. Replaced when it grows: read it anew after `add`. */
  words = new Int32Array(64)
  /** Word 0 is nobody's: a handle is never 0. */
  #used = 1
  #slots = new Int32Array(16)
  #scratch = new Int32Array(64)
  #hash = 0
  readonly #batch = { starts: new Int32Array(BATCH + 1), hashes: new Int32Array(BATCH), entries: new Int32Array(BATCH) }
  /** Of no meaning: keeps reads ahead from being optimised away. */
  readonly #touched = new Int32Array(1)

  get bytes(): number {
    return this.words.byteLength + this.#slots.byteLength + this.#scratch.byteLength
  }

  /** 0: not there. */
  find(id: string): number {
    const length = this.#encode(id, 0)
    return this.#lookUp(0, length, this.#hash)
  }

  /**
   * Writes the handle of every id to the same index of `handles`; 0: not there. A look-up in a big table waits twice for
   * memory, for the slot and for the record. Here the waits of many ids overlap, as short loops ask for them beforehand.
   */
  findAll(ids: readonly string[], handles: Int32Array): void {
    if (this.words.length + this.#slots.length < CACHED_WORDS) {
      for (let i = 0; i < ids.length; i++) handles[i] = this.find(ids[i] as string)
      return
    }
    for (let first = 0; first < ids.length; first += BATCH) {
      const count = Math.min(BATCH, ids.length - first)
      this.#encodeAll(ids, first, count)
      this.#touchAll(count)
      const { starts, hashes } = this.#batch
      for (let i = 0; i < count; i++) {
        const start = starts[i] as number
        handles[first + i] = this.#lookUp(start, (starts[i + 1] as number) - start, hashes[i] as number)
      }
    }
  }

  #encodeAll(ids: readonly string[], first: number, count: number): void {
    const { starts, hashes } = this.#batch
    let end = 0
    for (let i = 0; i < count; i++) {
      end += this.#encode(ids[first + i] as string, end)
      starts[i + 1] = end
      hashes[i] = this.#hash
    }
  }

  /** Reads the slots of a batch and the records they name, each in a loop too short to wait between two reads. */
  #touchAll(count: number): void {
    const { hashes, entries } = this.#batch
    const slots = this.#slots
    const words = this.words
    const mask = slots.length - 1
    for (let i = 0; i < count; i++) entries[i] = slots[(hashes[i] as number) & mask] as number
    let touched = 0
    for (let i = 0; i < count; i++) touched ^= words[((entries[i] as number) & HANDLE_MASK) + HEADER] as number
    this.#touched[0] = touched
  }

  /** Finds the id of `length` words at `start` of the scratch. */
  #lookUp(start: number, length: number, hash: number): number {
    const slots = this.#slots
    const words = this.words
    const scratch = this.#scratch
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number
      if (entry === 0) return 0
      if ((entry ^ hash) >>> HANDLE_BITS !== 0) continue
      const handle = entry & HANDLE_MASK
      let i = 0
      while (i < length && words[handle + HEADER + i] === scratch[start + i]) i++
      if (i === length) return handle
    }
  }

  /** Adds an id that is not there yet. Its header is zeros. */
  add(id: string): number {
    const length = this.#encode(id, 0)
    if (this.size + 1 > this.#slots.length * MAX_LOAD) this.#rehash(this.#slots.length * 2)
    const handle = this.#used
    const end = handle + HEADER + length
    if (end > MAX_WORDS) throw new RangeError(`ids take more than ${MAX_WORDS * 4} bytes`)
    if (end > this.words.length) {
      const grown = new Int32Array(Math.min(MAX_WORDS, Math.max(end, Math.ceil(this.words.length * 1.25))))
      grown.set(this.words.subarray(0, this.#used))
      this.words = grown
    }
    this.words.set(this.#scratch.subarray(0, length), handle + HEADER)
    this.#used = end
    this.size++
    this.#place(handle, hashOf(this.words, handle + HEADER, length))
    return handle
  }

  id(handle: number): string {
    const length = this.#lengthAt(handle)
    let id = ''
    for (let i = 0; i < length; i++) id += String.fromCharCode(this.#unit(handle, i))
    return id
  }

  /** By code units, as `<` compares strings: negative, zero or positive. */
  compare(a: number, b: number): number {
    const lengthA = this.#lengthAt(a)
    const lengthB = this.#lengthAt(b)
    const common = Math.min(lengthA, lengthB)
    for (let i = 0; i < common; i++) {
      const difference = this.#unit(a, i) - this.#unit(b, i)
      if (difference !== 0) return difference
    }
    return lengthA - lengthB
  }

  #lengthAt(handle: number): number {
    const first = this.words[handle + HEADER] as number
    return (first & 255) === WIDE ? first >>> 8 : first & 255
  }

  #unit(handle: number, index: number): number {
    const base = handle + HEADER
    if (((this.words[base] as number) & 255) === WIDE) {
      return ((this.words[base + 1 + (index >> 1)] as number) >>> ((index & 1) * 16)) & 0xffff
    }
    const byte = index + 1
    return ((this.words[base + (byte >> 2)] as number) >>> ((byte & 3) * 8)) & 0xff
  }

  #wordsOf(handle: number): number {
    const first = this.words[handle + HEADER] as number
    return (first & 255) === WIDE ? 1 + (((first >>> 8) + 1) >> 1) : ((first & 255) + 4) >> 2
  }

  /** Writes the id's words to the scratch from `start` on, and its hash to `#hash`; returns the number of words. */
  #encode(id: string, start: number): number {
    const length = id.length
    if (start + length + 1 > this.#scratch.length) this.#growScratch(start + length + 1)
    if (length > NARROW_MAX) return this.#encodeWide(id, start)
    const scratch = this.#scratch
    let hash = 0
    let count = start
    let union = 0
    let word = length
    let i = 0
    // The first word has three characters, the others four, the last what is left.
    if (length >= 3) {
      const a = id.charCodeAt(0)
      const b = id.charCodeAt(1)
      const c = id.charCodeAt(2)
      union = a | b | c
      word |= (a << 8) | (b << 16) | (c << 24)
      scratch[count++] = word
      hash = mix(hash, word)
      for (i = 3; i + 4 <= length; i += 4) {
        const d = id.charCodeAt(i)
        const e = id.charCodeAt(i + 1)
        const f = id.charCodeAt(i + 2)
        const g = id.charCodeAt(i + 3)
        union |= d | e | f | g
        word = d | (e << 8) | (f << 16) | (g << 24)
        scratch[count++] = word
        hash = mix(hash, word)
      }
      word = 0
    }
    if (i < length || length < 3) {
      for (let shift = length < 3 ? 8 : 0; i < length; i++, shift += 8) {
        const code = id.charCodeAt(i)
        union |= code
        word |= code << shift
      }
      scratch[count++] = word
      hash = mix(hash, word)
    }
    if (union > 0xff) return this.#encodeWide(id, start)
    this.#hash = finish(hash)
    return count - start
  }

  #encodeWide(id: string, start: number): number {
    const length = id.length
    const count = 1 + ((length + 1) >> 1)
    const scratch = this.#scratch
    scratch[start] = WIDE | (length << 8)
    for (let i = 0; i < length; i += 2) {
      scratch[start + 1 + (i >> 1)] = id.charCodeAt(i) | (i + 1 < length ? id.charCodeAt(i + 1) << 16 : 0)
    }
    this.#hash = hashOf(scratch, start, count)
    return count
  }

  #growScratch(length: number): void {
    const scratch = new Int32Array(length * 2)
    scratch.set(this.#scratch)
    this.#scratch = scratch
  }

  #place(handle: number, hash: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = (hash & ~HANDLE_MASK) | handle
  }

  #rehash(slots: number): void {
    this.#slots = new Int32Array(slots)
    for (let handle = 1; handle < this.#used; ) {
      const length = this.#wordsOf(handle)
      this.#place(handle, hashOf(this.words, handle + HEADER, length))
      handle += HEADER + length
    }
  }
}

function hashOf(words: Int32Array, start: number, length: number): number {
  let hash = 0
  for (let i = start; i < start + length; i++) hash = mix(hash, words[i] as number)
  return finish(hash)
}
