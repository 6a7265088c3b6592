/**
 * Strings to records, packed: one arena of 32-bit words holds, for each id, `HEADER` words of the caller's and then the id;
 * an open-addressing table finds it. A handle is the record's first word; records never move, so a handle stays valid.
 *
 * An id is stored as words, its length in the first byte, so that equal words mean equal ids and a look-up reads each
 * character once. Narrow: ≤ 254 characters up to U+00FF, a byte each. Wide: anything else, marked by 255 and a length of
 * three bytes, two code units a word.
 */
export const HEADER = 3
/** The header word that says where a record lies in the tree (tree-nodes.ts). */
export const PLACE = 0

const NARROW_MAX = 254
const WIDE = 255
/** A slot is a handle, and above it a few bits of the hash, which spare most reads of records that are not the one looked for. */
const HANDLE_BITS = 27
const HANDLE_MASK = 2 ** HANDLE_BITS - 1
const MAX_WORDS = 2 ** HANDLE_BITS
const MAX_LOAD = 0.75

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

  get bytes(): number {
    return this.words.byteLength + this.#slots.byteLength + this.#scratch.byteLength
  }

  /** 0: not there. */
  find(id: string): number {
    const length = this.#encode(id)
    const hash = this.#hash
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
      while (i < length && words[handle + HEADER + i] === scratch[i]) i++
      if (i === length) return handle
    }
  }

  /** Adds an id that is not there yet. Its header is zeros. */
  add(id: string): number {
    const length = this.#encode(id)
    if (this.size + 1 > this.#slots.length * MAX_LOAD) this.#rehash(this.#slots.length * 2)
    const handle = this.#used
    const end = handle + HEADER + length
    if (end > MAX_WORDS) throw new RangeError(`ids take more than ${MAX_WORDS * 4} bytes`)
    if (end > this.words.length) {
      const grown = new Int32Array(Math.min(MAX_WORDS, Math.max(end, Math.ceil(this.words.length * 1.5))))
      grown.set(this.words.subarray(0, this.#used))
      this.words = grown
    }
    this.words.set(this.#scratch.subarray(0, length), handle + HEADER)
    this.#used = end
    this.size++
    this.#place(handle, finishOf(this.words, handle, length))
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

  /** Writes the id's words to the scratch and its hash to `#hash`; returns the number of words. */
  #encode(id: string): number {
    const length = id.length
    if (length > NARROW_MAX) return this.#encodeWide(id)
    const scratch = this.#scratch
    let hash = 0
    let count = 0
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
    if (union > 0xff) return this.#encodeWide(id)
    this.#hash = finish(hash)
    return count
  }

  #encodeWide(id: string): number {
    const length = id.length
    const count = 1 + ((length + 1) >> 1)
    if (count > this.#scratch.length) this.#scratch = new Int32Array(count)
    const scratch = this.#scratch
    scratch[0] = WIDE | (length << 8)
    for (let i = 0; i < length; i += 2) {
      scratch[1 + (i >> 1)] = id.charCodeAt(i) | (i + 1 < length ? id.charCodeAt(i + 1) << 16 : 0)
    }
    this.#hash = finishOf(scratch, -HEADER, count)
    return count
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
      this.#place(handle, finishOf(this.words, handle, length))
      handle += HEADER + length
    }
  }
}

/** The hash of the id whose words lie behind the header at `handle`. */
function finishOf(words: Int32Array, handle: number, length: number): number {
  let hash = 0
  for (let i = 0; i < length; i++) hash = mix(hash, words[handle + HEADER + i] as number)
  return finish(hash)
}
