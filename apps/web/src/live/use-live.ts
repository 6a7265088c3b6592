/** The live state of a quiz, for a screen without a player: host and projector. */
import { useEffect, useState, useSyncExternalStore } from 'react'
import { getQuiz } from '../api/player.ts'
import { openBrowserLive } from './browser.ts'
import type { LiveClient } from './socket.ts'
import { initialState, type LiveState } from './state.ts'
import { watchSilence } from './watchdog.ts'

const noClient = { subscribe: () => () => {}, getState: () => initialState }

export const useLive = (quizId: string, top: number): LiveState => {
  const [client, setClient] = useState<LiveClient>()
  useEffect(() => {
    const opened = openBrowserLive(quizId, { top })
    const stopWatching = watchInBrowser(opened, quizId)
    setClient(opened)
    opened.start()
    return () => {
      stopWatching()
      opened.stop()
      setClient(undefined)
    }
  }, [quizId, top])
  const source = client ?? noClient
  return useSyncExternalStore(source.subscribe, source.getState)
}

export const watchInBrowser = (client: LiveClient, quizId: string): (() => void) =>
  watchSilence({
    client,
    getQuiz: () => getQuiz(quizId),
    random: Math.random,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
  })
