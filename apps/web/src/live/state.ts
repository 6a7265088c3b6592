/**
 * What a screen knows of a live quiz, as a pure function of the frames that came. (epoch, version) and `revision` never go
 * back, also when a frame of an earlier connection comes late or another replica is behind; only a `reset` starts them anew.
 */
import type {
  ErrorFrame,
  LeaderboardFrame,
  QuizFrame,
  ServerFrame,
  YouFrame,
} from '@quizboard/shared/contracts/frames.ts'

export type Link =
  | { status: 'connecting' }
  | { status: 'live' }
  /** Will try again at this time of the browser's clock, in ms. */
  | { status: 'waiting'; retryAt: number }
  /** For good: trying again would change nothing. */
  | { status: 'ended'; code: number; reason: string }

export interface LiveState {
  link: Link
  quiz: QuizFrame | undefined
  board: LeaderboardFrame | undefined
  you: YouFrame | undefined
  /** What to add to the browser's clock to get the server's, in ms. */
  clockOffsetMs: number | undefined
  /** A quiz frame that looked old, kept until a reset says that the server knows of nothing newer. */
  setAside: QuizFrame | undefined
}

export const initialState: LiveState = {
  link: { status: 'connecting' },
  quiz: undefined,
  board: undefined,
  you: undefined,
  clockOffsetMs: undefined,
  setAside: undefined,
}

export type ContentFrame = Exclude<ServerFrame, ErrorFrame>

export const applyFrame = (state: LiveState, frame: ContentFrame, nowMs: number): LiveState => {
  switch (frame.type) {
    case 'quiz': {
      const clockOffsetMs = betterOffset(state.clockOffsetMs, frame.server_time, nowMs)
      if (state.quiz && frame.revision < state.quiz.revision) return { ...state, clockOffsetMs, setAside: frame }
      return { ...state, clockOffsetMs, quiz: frame, setAside: undefined }
    }
    case 'leaderboard':
      if (frame.reset) return { ...startAnew(state), board: frame }
      return isOlder(frame, seen(state)) ? state : { ...state, board: frame }
    case 'you':
      if (frame.reset) return { ...startAnew(state), board: state.board, you: frame }
      return isOlder(frame, seen(state)) ? state : { ...state, you: frame }
  }
}

const startAnew = (state: LiveState): LiveState => ({
  ...state,
  board: undefined,
  you: undefined,
  quiz: state.setAside ?? state.quiz,
  setAside: undefined,
})

export interface Version {
  epoch: number
  version: number
}

/** The newest (epoch, version) over both kinds of frames: what `hello` tells the server. */
export const seen = ({ board, you }: LiveState): Version | undefined =>
  board && you ? (isOlder(board, you) ? you : board) : (board ?? you)

const isOlder = (one: Version, other: Version | undefined): boolean =>
  other !== undefined && (one.epoch < other.epoch || (one.epoch === other.epoch && one.version < other.version))

/**
 * A frame's delay makes the server's clock look late, never early: so the largest offset of a connection is the best.
 * A jump of either clock beyond what a delay explains starts anew.
 */
const betterOffset = (known: number | undefined, serverTime: string, nowMs: number): number => {
  const offset = Date.parse(serverTime) - nowMs
  if (Number.isNaN(offset)) return known ?? 0
  return known === undefined || offset > known || known - offset > 10_000 ? offset : known
}
