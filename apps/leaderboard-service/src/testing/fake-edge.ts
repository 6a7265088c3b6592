/** An edge under a clock that stands still, over a feed without an owner, with viewers that keep what they are shown. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createEdge, type EdgeSettings, type Entry } from '../app/edge.ts'
import type { Refusal } from '../app/edge-closes.ts'
import type { TickReport } from '../app/edge-ticks.ts'
import type { Sink } from '../app/edge-viewers.ts'
import { createRanking } from '../domain/sorted-ranking.ts'
import { createFakeBoardFeed } from './fake-board-feed.ts'
import { fakeVerifier, type TestFrame } from './live-client.ts'

export interface FakeViewer {
  frames: TestFrame[]
  /** One entry a write: the types in it. */
  writes: string[][]
  backlog: number
  refusal: Refusal | undefined
  entry: Entry | undefined
  gone: boolean
  of(type: string): TestFrame[]
}

export const START_MS = Date.UTC(2030, 0, 1)

/** `slowed`: the clock as the edge sees it. */
export const createFakeEdge = (settings: Partial<EdgeSettings> = {}, slowed = (clock: Clock): Clock => clock) => {
  const clock = createFakeClock(START_MS)
  const feed = createFakeBoardFeed(clock)
  const ticks: TickReport[] = []
  const onTick = (report: TickReport) => ticks.push(report)
  const edge = createEdge({ feed, verifier: fakeVerifier, clock: slowed(clock), createRanking, settings, onTick })

  /** Sends a hello; what comes of it is in the viewer once the clock has gone on. */
  const say = (quizId: string, hello: object = {}): FakeViewer => {
    const viewer: FakeViewer = {
      frames: [],
      writes: [],
      backlog: 0,
      refusal: undefined,
      entry: undefined,
      gone: false,
      of: (type) => viewer.frames.filter((frame) => frame.type === type),
    }
    const sink: Sink = {
      backlog: () => viewer.backlog,
      show(quiz, board, you) {
        const texts = [quiz?.json, board?.json, you].filter((text) => text !== undefined && text !== '')
        const frames = texts.map((text) => JSON.parse(text as string) as TestFrame)
        viewer.frames.push(...frames)
        viewer.writes.push(frames.map(({ type }) => type))
      },
      refuse(refusal) {
        viewer.refusal = refusal
        viewer.entry?.leave()
      },
    }
    void edge
      .admit(quizId, { type: 'hello', ...hello }, sink, () => viewer.gone)
      .then((admission) => {
        if (admission?.ok) viewer.entry = admission.entry
        else viewer.refusal = admission?.refusal
      })
    return viewer
  }

  /** As `say`, and the first frames are there. */
  const watch = async (quizId: string, hello: object = {}): Promise<FakeViewer> => {
    const viewer = say(quizId, hello)
    await clock.advance(0)
    return viewer
  }
  return { clock, feed, edge, ticks, say, watch }
}
