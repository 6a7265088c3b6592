/** What this replica follows at one other replica: its requests, and what it hears, over a link that keeps the order. */
import { type FeedReply, type FeedRequest, feedReply } from '@quizboard/shared/contracts/feed.ts'
import { rowOfWire } from '../domain/feed-wire.ts'
import type { FeedRow } from '../domain/rows.ts'
import type { Following, OwnerMessage } from '../ports/owner-feed.ts'

export interface FeedFollows {
  follow(quizId: string, onMessage: (message: OwnerMessage) => void, onDown: () => void): Following
  /** A reply as it came. False: it is none, and the link is not worth keeping. */
  take(text: string): boolean
  /** The link is up: what is followed is asked for. */
  opened(): void
  /** The link is gone, and with it everything that was followed. */
  down(): void
  readonly size: number
}

interface Entry {
  follow: number
  onMessage(message: OwnerMessage): void
  onDown(): void
  /** Parts of a snapshot that is not whole yet, and the changes that came between them. */
  rows: FeedRow[]
  later: Extract<OwnerMessage, { kind: 'changes' }>[]
  isWhole: boolean
}

export const createFeedFollows = (send: (text: string) => void): FeedFollows => {
  const entries = new Map<string, Entry>()
  let isOpen = false
  let numbers = 0

  const ask = (request: FeedRequest) => {
    if (isOpen) send(JSON.stringify(request))
  }
  const takeSnapshot = (entry: Entry, { epoch, version, rows, last }: Extract<FeedReply, { type: 'snapshot' }>) => {
    for (const row of rows) entry.rows.push(rowOfWire(row))
    if (!last) return
    const { later } = entry
    entry.isWhole = true
    entry.onMessage({ kind: 'snapshot', epoch, version, rows: entry.rows })
    entry.rows = []
    entry.later = []
    for (const message of later) entry.onMessage(message)
  }
  const takeChanges = (entry: Entry, { epoch, version, rows, at }: Extract<FeedReply, { type: 'changes' }>) => {
    const message = { kind: 'changes', epoch, version, rows: rows.map(rowOfWire), at } as const
    if (entry.isWhole) entry.onMessage(message)
    else entry.later.push(message)
  }

  return {
    get size() {
      return entries.size
    },
    follow(quizId, onMessage, onDown) {
      const entry: Entry = { follow: ++numbers, onMessage, onDown, rows: [], later: [], isWhole: false }
      entries.set(quizId, entry)
      const { follow } = entry
      ask({ type: 'follow', quiz_id: quizId, follow })
      return {
        stop() {
          if (entries.get(quizId) !== entry) return
          entries.delete(quizId)
          ask({ type: 'unfollow', quiz_id: quizId, follow })
        },
      }
    },
    take(text) {
      const reply = parse(text)
      if (!reply) return false
      const entry = entries.get(reply.quiz_id)
      // What was sent before our last word on the quiz had arrived.
      if (!entry || ('follow' in reply && reply.follow !== entry.follow)) return true
      if (reply.type === 'snapshot') takeSnapshot(entry, reply)
      else if (reply.type === 'changes') takeChanges(entry, reply)
      else {
        entries.delete(reply.quiz_id)
        if (reply.type === 'gone') entry.onMessage({ kind: 'gone', to: reply.to })
        else entry.onDown()
      }
      return true
    },
    opened() {
      isOpen = true
      for (const [quiz_id, { follow }] of entries) ask({ type: 'follow', quiz_id, follow })
    },
    down() {
      isOpen = false
      const all = [...entries.values()]
      entries.clear()
      for (const { onDown } of all) onDown()
    },
  }
}

const parse = (text: string): FeedReply | undefined => {
  try {
    const parsed = feedReply.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
