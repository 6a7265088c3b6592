/**
 * One live socket: what ws does not do by itself. Frames of ours are written to the connection directly: permessage-deflate is off,
 * so ws too writes whole frames at once, and the two never mix within a frame.
 */
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Entry } from '../app/edge.ts'
import { CLOSES, type Refusal } from '../app/edge-closes.ts'
import { errorJson, type Frame } from '../app/edge-frames.ts'
import type { Sink } from '../app/edge-viewers.ts'
import type { FrameRate } from './ws-flood.ts'
import { PING_FRAME, textFrame } from './ws-frame.ts'

/** What all sockets of a server share. */
export interface SocketOwner {
  /** It is being closed by us, for this reason. */
  refused(socket: LiveSocket, refusal: Refusal): void
}

/**
 * `silent`: no hello yet; `judged`: hello under judgement; `live`: let in; `over`: refused, or gone.
 */
export type Phase = 'silent' | 'judged' | 'live' | 'over'

/** What ws's receiver found wrong, by the code that it would close with. */
const RECEIVER_REFUSALS: Record<number, Refusal> = {
  1002: { code: 'frame/malformed', detail: 'This is not a WebSocket frame as RFC 6455 has it' },
  1007: { code: 'frame/not_utf8', detail: 'A text frame must be UTF-8' },
  1008: { code: 'rate/limited', detail: 'Too many fragments' },
  1009: { code: 'frame/too_large', detail: 'A frame may have at most 4 KiB' },
}

const wireOf = (frame: Frame): string => {
  frame.wire ??= textFrame(frame.json)
  return frame.wire
}

export class LiveSocket extends WebSocket implements Sink {
  phase: Phase = 'silent'
  /** As in the path. */
  quizId = ''
  /** For the limit of wrong tokens. */
  address = ''
  entry: Entry | undefined = undefined
  /** Made when it first sends more than a hello. */
  rate: FrameRate | undefined = undefined
  /** A ping is on its way. */
  pinged = false
  /** Which of the heartbeat's. */
  group = 0
  #raw: Duplex | undefined = undefined
  #owner: SocketOwner | undefined = undefined

  /** `raw`: the connection below. */
  begin(raw: Duplex, owner: SocketOwner): void {
    this.#raw = raw
    this.#owner = owner
  }

  backlog(): number {
    return this.#raw?.writableLength ?? 0
  }

  show(quiz: Frame | undefined, board: Frame | undefined, you: string): void {
    let text = quiz ? wireOf(quiz) : ''
    if (board) text += wireOf(board)
    if (you !== '') text += textFrame(you)
    this.#write(text)
  }

  sendPing(): void {
    this.#write(PING_FRAME)
  }

  refuse(refusal: Refusal): void {
    if (this.readyState !== WebSocket.OPEN) return
    this.#write(textFrame(errorJson(refusal)))
    this.phase = 'over'
    super.close(CLOSES[refusal.code], refusal.code)
    this.#owner?.refused(this, refusal)
  }

  /** ws calls it with a code alone when its receiver has found an error; then the error frame goes first. */
  override close(code?: number, reason?: string | Buffer): void {
    const refusal = code !== undefined && reason === undefined ? RECEIVER_REFUSALS[code] : undefined
    if (refusal) this.refuse(refusal)
    else super.close(code, reason)
  }

  /** A write after the close frame would be a protocol error. */
  #write(latin1: string): void {
    if (this.readyState === WebSocket.OPEN) this.#raw?.write(latin1, 'latin1')
  }
}
