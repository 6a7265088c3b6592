/** A live client of this page: the real WebSocket and clock, and the events by which a browser says that it woke up. */
import { createLiveClient, type LiveClient, type SocketLike } from './socket.ts'

export const openBrowserLive = (
  quizId: string,
  { token, top }: { token?: string | undefined; top: number },
): LiveClient => {
  const client = createLiveClient({
    connect: () => new WebSocket(liveUrl(quizId)) as SocketLike,
    token,
    top,
    now: () => Date.now(),
    random: () => Math.random(),
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
  })

  let hiddenSince: number | undefined
  const onVisibility = () => {
    if (document.visibilityState === 'hidden') {
      hiddenSince = Date.now()
      return
    }
    client.wake(hiddenSince === undefined ? 0 : Date.now() - hiddenSince)
    hiddenSince = undefined
  }
  // A network that came back is another network: connections of the old one are dead, whatever they look like.
  const onOnline = () => client.wake(Number.POSITIVE_INFINITY)
  const onPageShow = (event: PageTransitionEvent) => event.persisted && client.wake(Number.POSITIVE_INFINITY)

  return {
    ...client,
    start: () => {
      document.addEventListener('visibilitychange', onVisibility)
      window.addEventListener('online', onOnline)
      window.addEventListener('pageshow', onPageShow)
      client.start()
    },
    stop: () => {
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('online', onOnline)
      window.removeEventListener('pageshow', onPageShow)
      client.stop()
    },
  }
}

const liveUrl = (quizId: string): string =>
  `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live/${encodeURIComponent(quizId)}`
