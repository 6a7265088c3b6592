/** `/join/:quizId` and `/q/:quizId`: the join form, or the quiz for somebody who has a place in it. */
import { useState } from 'react'
import { useLocation } from 'wouter'
import { localKeyValue } from '../../lib/storage.ts'
import { forgetPlace, loadPlace, type Place } from '../../player/place.ts'
import { JoinScreen } from './join-screen.tsx'
import { PlayScreen } from './play-screen.tsx'

export const PlayerScreen = ({ quizId }: { quizId: string }) => {
  const [place, setPlace] = useState(() => loadPlace(localKeyValue, quizId))
  const [, navigate] = useLocation()
  const onJoined = (joined: Place) => {
    setPlace(joined)
    navigate(`/q/${encodeURIComponent(joined.quiz_id)}`, { replace: true })
  }
  const onLeave = () => {
    forgetPlace(localKeyValue, quizId)
    setPlace(undefined)
  }
  return place ? <PlayScreen place={place} onLeave={onLeave} /> : <JoinScreen quizId={quizId} onJoined={onJoined} />
}
