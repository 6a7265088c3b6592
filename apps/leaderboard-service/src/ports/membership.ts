/** The replicas of the leaderboard-service, beside what they share. All promises are kept by every adapter (membership.contract.ts). */
export interface Member {
  /** Another one after each start. */
  id: string
  /** `http://host:port` of its internal port. */
  address: string
  /** Rises as long as it is alive. */
  beat: number
  /** It hands back what it owns, and takes nothing more. */
  isLeaving: boolean
}

export interface Membership {
  /** Idempotent. */
  join(id: string, address: string): Promise<void>
  /** A sign of life. False: it is not a member any more, and must join anew. */
  beat(id: string, isLeaving: boolean): Promise<boolean>
  list(): Promise<Member[]>
  /** Idempotent. */
  remove(id: string): Promise<void>
}
