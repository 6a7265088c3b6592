/** The session of this page's player, alive as long as the screen is shown. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { getOwnAnswers, getQuiz, postAnswer } from '../api/player.ts'
import { randomId } from '../lib/ids.ts'
import { localKeyValue } from '../lib/storage.ts'
import { openBrowserLive } from '../live/browser.ts'
import { watchInBrowser } from '../live/use-live.ts'
import type { Place } from './place.ts'
import { createPlayerSession, type PlayerSession, type PlayerState } from './session.ts'

/** The player sees the podium and a few rows around it, never more. */
const TOP = 20

const open = ({ quiz_id, user_id, token }: Place): { session: PlayerSession; begin: () => () => void } => {
  const live = openBrowserLive(quiz_id, { token, top: TOP })
  const session = createPlayerSession({
    quizId: quiz_id,
    userId: user_id,
    live,
    storage: localKeyValue,
    getQuiz: () => getQuiz(quiz_id),
    getAnswers: () => getOwnAnswers(quiz_id, token),
    postAnswer: (answer) => postAnswer(quiz_id, token, answer),
    newId: randomId,
    random: Math.random,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
  })
  const begin = () => {
    const stopWatching = watchInBrowser(live, quiz_id)
    session.start()
    return () => {
      stopWatching()
      session.stop()
    }
  }
  return { session, begin }
}

/** Undefined for the moment before the first effect. */
export const usePlayerSession = (place: Place): { session: PlayerSession; state: PlayerState } | undefined => {
  const { quiz_id, user_id, name, token } = place
  const stable = useMemo(() => ({ quiz_id, user_id, name, token }), [quiz_id, user_id, name, token])
  const [session, setSession] = useState<PlayerSession>()
  useEffect(() => {
    const opened = open(stable)
    setSession(opened.session)
    return opened.begin()
  }, [stable])
  const state = useSyncExternalStore(session?.subscribe ?? noSubscription, session?.getState ?? noState)
  return session && state ? { session, state } : undefined
}

const noSubscription = () => () => {}
const noState = () => undefined
