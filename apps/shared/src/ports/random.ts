/** Randomness as an argument. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** `count` bytes, fit for ids and tokens in the real adapter. */
  bytes(count: number): Uint8Array
}
