/** Two taps into a quiz: the link or the id, then a name. */
import type { Quiz } from '@quizboard/shared/contracts/rest.ts'
import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { ApiError } from '../../api/error.ts'
import { getQuiz, joinQuiz } from '../../api/player.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { LinkStatus } from '../../components/link-status.tsx'
import { Logo } from '../../components/logo.tsx'
import { Podium } from '../../components/podium.tsx'
import { Heading, useTitle } from '../../components/screen.tsx'
import { useToasts } from '../../components/toasts.tsx'
import { LoadTrouble, Skeletons, Trouble } from '../../components/trouble.tsx'
import { backoffMs } from '../../lib/backoff.ts'
import { localKeyValue } from '../../lib/storage.ts'
import { codePoints, fromPath, plural } from '../../lib/text.ts'
import { useLoad } from '../../lib/use-load.ts'
import type { LiveState } from '../../live/state.ts'
import { useLive } from '../../live/use-live.ts'
import { joinIdOf, lastName, type Place, savePlace } from '../../player/place.ts'

const NAME_LIMIT = 40
const TRIES = 5

export const JoinScreen = ({ quizId, onJoined }: { quizId: string; onJoined: (place: Place) => void }) => {
  const { value: quiz, error, reload } = useLoad((signal) => getQuiz(quizId, signal), [quizId])
  useTitle(quiz ? `Join ${quiz.title}` : 'Join a quiz')
  return (
    <div className="join dotted">
      <header className="bar">
        <Logo />
      </header>
      <main id="main" className="join-main">
        {error instanceof ApiError && error.status === 404 ? (
          <Trouble
            title="No quiz with this id"
            action={
              <Link href="/" className={buttonClass({ kind: 'primary' })}>
                Type another id
              </Link>
            }
          >
            “{fromPath(quizId)}” is not known here. Check it on the host’s screen: ids have no spaces.
          </Trouble>
        ) : error ? (
          <LoadTrouble error={error} retry={reload} />
        ) : quiz ? (
          <JoinCard quiz={quiz} onJoined={onJoined} />
        ) : (
          <Skeletons heights={[40, 220]} />
        )}
      </main>
    </div>
  )
}

const JoinCard = ({ quiz, onJoined }: { quiz: Quiz; onJoined: (place: Place) => void }) => {
  const live = useLive(quiz.quiz_id, 20)
  const state = live.quiz?.state ?? quiz.state
  const players = live.quiz?.players ?? quiz.players
  return (
    <div className="stack">
      <LinkStatus link={live.link} />
      <div className="join-head">
        <span className="tag">
          Quiz <b>{quiz.quiz_id}</b>
        </span>
        <Heading about={`join ${quiz.quiz_id}`} className={quiz.title.length > 60 ? 'title-long' : undefined}>
          <bdi>{quiz.title}</bdi>
        </Heading>
        <p className="soft row">
          <Icon name="people" /> {plural(players, 'player')} · {plural(quiz.question_count, 'question')}
        </p>
      </div>
      {state === 'closed' ? (
        <Over live={live} />
      ) : (
        <JoinForm quiz={quiz} isOpen={state !== 'draft'} onJoined={onJoined} />
      )}
    </div>
  )
}

const JoinForm = ({ quiz, isOpen, onJoined }: { quiz: Quiz; isOpen: boolean; onJoined: (place: Place) => void }) => {
  const [name, setName] = useState(() => lastName(localKeyValue))
  const [nameError, setNameError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const toasts = useToasts()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const asked = name.trim()
    const length = codePoints(asked)
    if (length === 0) return setNameError('Type the name that the others will see.')
    if (length > NAME_LIMIT) return setNameError(`${length} characters; a name has at most ${NAME_LIMIT}.`)
    setBusy(true)
    try {
      const place = await joinPatiently(quiz.quiz_id, asked)
      savePlace(localKeyValue, quiz.quiz_id, place, asked)
      onJoined(place)
    } catch (error) {
      const about = error instanceof ApiError ? error.errors.find(({ pointer }) => pointer === '/name') : undefined
      if (about) setNameError(`The name ${about.detail}.`)
      else toasts.fail(error)
      setBusy(false)
    }
  }

  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <Field label="Your name" hint="Everybody in the quiz sees it." error={nameError}>
        {(field) => (
          <input
            {...field}
            className="input input-large"
            value={name}
            onChange={(event) => {
              setName(event.target.value)
              setNameError(undefined)
            }}
            autoComplete="nickname"
            autoCapitalize="words"
            spellCheck={false}
            enterKeyHint="go"
            dir="auto"
          />
        )}
      </Field>
      {isOpen ? (
        <Button kind="primary" type="submit" large wide busy={isBusy}>
          Join the quiz
        </Button>
      ) : (
        <div className="notice notice-gold" role="status">
          <Icon name="clock" />
          <span>The host has not opened this quiz yet. Stay here: the way in appears by itself.</span>
        </div>
      )}
    </form>
  )
}

/** Repeats with the same `join_id` while the network fails: however often, it is one player. */
const joinPatiently = async (quizId: string, name: string): Promise<Place> => {
  const join_id = joinIdOf(localKeyValue, quizId)
  for (let attempt = 0; ; attempt++) {
    try {
      return await joinQuiz(quizId, { name, join_id })
    } catch (error) {
      if (!(error instanceof ApiError) || !error.passing || attempt >= TRIES) throw error
      const wait = Math.max(error.retryAfterMs ?? 0, backoffMs(attempt, Math.random))
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

const Over = ({ live }: { live: LiveState }) => (
  <div className="card stack">
    <p>This quiz is over, so nobody can join any more.</p>
    {live.board && live.board.top.length > 0 && <Podium rows={live.board.top} players={live.board.players} names={2} />}
    <Link href="/" className={buttonClass({ kind: 'primary', wide: true })}>
      Join another quiz
    </Link>
  </div>
)
