/** Limits and times of the live sockets. */
export interface LiveSettings {
  /** Sockets of this replica. */
  socketsMax: number
  /** Those among them that have not been let in yet. */
  pendingMax: number
  helloMs: number
  pingIntervalMs: number
  framesPerS: number
  /** How long a client may take to answer a close; then the connection is cut. */
  closeMs: number
  /** After a restart clients come back over this time at most. */
  retrySpreadMs: number
}

export const LIVE_DEFAULTS: LiveSettings = {
  socketsMax: 20_000,
  pendingMax: 10_000,
  helloMs: 10_000,
  pingIntervalMs: 30_000,
  framesPerS: 20,
  closeMs: 5_000,
  retrySpreadMs: 10_000,
}
