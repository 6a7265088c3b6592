/** One replica that follows quizzes here: its requests, and what it is told, over a link that keeps the order. */
import { type FeedReply, type FeedRequest, feedRequest } from '@quizboard/shared/contracts/feed.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { wireRow } from '../domain/feed-wire.ts'
import type { Following, OwnerMessage } from '../ports/owner-feed.ts'
import type { Shards } from './shards.ts'

export interface FeedSession {
  /** A request as it came. False: it is none, and the link is not worth keeping. */
  take(text: string): boolean
  close(): void
}

export interface FeedSessionOptions {
  shards: Pick<Shards, 'followHere'>
  /** Of every topic. */
  partitions: number
  clock: Clock
  send(text: string): void
  /** Of a part of a snapshot: a large board must not hold everything else up. */
  partRows?: number
}

const PART_ROWS = 2_000

/** Every follower of a quiz is told the same object, so its text is made once. */
const texts = new WeakMap<OwnerMessage, string>()

export const createFeedSession = (options: FeedSessionOptions): FeedSession => {
  const { shards, partitions, clock, send, partRows = PART_ROWS } = options
  const followings = new Map<string, { follow: number; following: Following | undefined }>()
  let closed = false

  const say = (reply: FeedReply) => send(JSON.stringify(reply))
  const isCurrent = (quizId: string, follow: number) => !closed && followings.get(quizId)?.follow === follow

  const sendSnapshot = (quiz_id: string, follow: number, message: Extract<OwnerMessage, { kind: 'snapshot' }>) => {
    const { epoch, version, rows } = message
    const part = (from: number) => {
      if (!isCurrent(quiz_id, follow)) return
      const last = from + partRows >= rows.length
      const list = rows.slice(from, from + partRows).map(wireRow)
      say({ type: 'snapshot', quiz_id, follow, last, epoch, version, rows: list })
      if (!last) clock.after(0, () => part(from + partRows))
    }
    part(0)
  }
  const tell = (quiz_id: string, follow: number, message: OwnerMessage) => {
    if (!isCurrent(quiz_id, follow)) return
    if (message.kind === 'snapshot') return sendSnapshot(quiz_id, follow, message)
    if (message.kind === 'gone') {
      followings.delete(quiz_id)
      return say({ type: 'gone', quiz_id, ...(message.to ? { to: message.to } : {}) })
    }
    let text = texts.get(message)
    if (text === undefined) {
      const { epoch, version, at } = message
      const rows = message.rows.map(wireRow)
      text = JSON.stringify({ type: 'changes', quiz_id, epoch, version, rows, at } satisfies FeedReply)
      texts.set(message, text)
    }
    send(text)
  }
  const begin = (quiz_id: string, follow: number) => {
    followings.get(quiz_id)?.following?.stop()
    const entry: { follow: number; following: Following | undefined } = { follow, following: undefined }
    followings.set(quiz_id, entry)
    const following = shards.followHere(partitionOf(quiz_id, partitions), quiz_id, (message) =>
      tell(quiz_id, follow, message),
    )
    if (following) entry.following = following
    else {
      followings.delete(quiz_id)
      say({ type: 'unknown', quiz_id, follow })
    }
  }
  const end = (quizId: string, follow: number) => {
    const known = followings.get(quizId)
    if (known?.follow !== follow) return
    known.following?.stop()
    followings.delete(quizId)
  }

  return {
    take(text) {
      const request = parse(text)
      if (!request) return false
      if (request.type === 'follow') begin(request.quiz_id, request.follow)
      else end(request.quiz_id, request.follow)
      return true
    },
    close() {
      closed = true
      for (const { following } of followings.values()) following?.stop()
      followings.clear()
    },
  }
}

const parse = (text: string): FeedRequest | undefined => {
  try {
    const parsed = feedRequest.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
