/** Follows one quiz's feed as long as it is wanted, and follows it anew when it makes no sense. */
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { BoardFeed, FeedMessage, Following } from '../ports/board-feed.ts'

/** Following anew at once could go round in circles. */
const AGAIN_MS = 100

/** `take`: false if what was said calls for a new snapshot. */
export const followFeed = (
  { feed, clock }: { feed: BoardFeed; clock: Clock },
  quizId: string,
  take: (message: FeedMessage) => boolean,
): Following => {
  let following: Following | undefined
  let timer: Timer | undefined
  /** Of an earlier attempt nothing is heard any more. */
  let attempt = 0

  const follow = (): void => {
    const mine = ++attempt
    following?.stop()
    following = undefined
    // The feed may speak before it has returned.
    const begun = feed.follow(quizId, (message) => {
      if (mine === attempt && !take(message)) followAgain()
    })
    if (mine === attempt) following = begun
    else begun.stop()
  }
  const followAgain = (): void => {
    const mine = ++attempt
    timer = clock.after(AGAIN_MS, () => {
      if (mine === attempt) follow()
    })
  }

  follow()
  return {
    stop() {
      attempt++
      timer?.cancel()
      following?.stop()
    },
  }
}
