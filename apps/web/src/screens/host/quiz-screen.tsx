/** `/host/quizzes/:id`: one quiz from its lobby to its results. */
import type { Quiz } from '@quizboard/shared/contracts/rest.ts'
import { Link } from 'wouter'
import { ApiError } from '../../api/error.ts'
import { buttonClass } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { LinkStatus } from '../../components/link-status.tsx'
import { Heading, useTitle } from '../../components/screen.tsx'
import { LoadTrouble, Skeletons, Trouble } from '../../components/trouble.tsx'
import { useHost } from '../../host/host-context.tsx'
import { useSteps } from '../../host/use-steps.ts'
import { useLoad } from '../../lib/use-load.ts'
import { useLive } from '../../live/use-live.ts'
import { HostPage } from './host-page.tsx'
import { LobbyPanel } from './lobby-panel.tsx'
import { ResultsPanel } from './results-panel.tsx'
import { RunPanel } from './run-panel.tsx'

const TOP = 100

export const QuizScreen = ({ quizId }: { quizId: string }) => {
  const { api } = useHost()
  const { value: quiz, error, reload } = useLoad(() => api.quiz(quizId), [api, quizId])
  useTitle(quiz?.title ?? 'Quiz')
  return (
    <HostPage wide actions={quiz && <ScreenLink quizId={quiz.quiz_id} />}>
      {error instanceof ApiError && error.status === 404 ? (
        <Trouble
          title="No quiz with this id"
          action={
            <Link href="/host" className={buttonClass({ kind: 'primary' })}>
              To the decks
            </Link>
          }
        >
          {error.message}
        </Trouble>
      ) : error ? (
        <LoadTrouble error={error} retry={reload} />
      ) : quiz ? (
        <QuizPanel quiz={quiz} />
      ) : (
        <>
          <Heading about={`quiz ${quizId}`} className="visually-hidden">
            Quiz {quizId}
          </Heading>
          <Skeletons heights={[60, 360]} />
        </>
      )}
    </HostPage>
  )
}

const ScreenLink = ({ quizId }: { quizId: string }) => (
  <a
    href={`/screen/${encodeURIComponent(quizId)}`}
    target="_blank"
    rel="noreferrer"
    className={buttonClass({ kind: 'plain' })}
    title="Opens in a new window, to be moved to the projector"
  >
    <Icon name="screen" /> <span className="narrow-hidden">Projector</span>
  </a>
)

const QuizPanel = ({ quiz }: { quiz: Quiz }) => {
  const { api } = useHost()
  const live = useLive(quiz.quiz_id, TOP)
  const steps = useSteps(api, quiz, live)
  return (
    <>
      <LinkStatus link={live.link} />
      {steps.state === 'closed' ? (
        <ResultsPanel quiz={quiz} live={live} />
      ) : steps.state === 'running' ? (
        <RunPanel quiz={quiz} live={live} steps={steps} />
      ) : (
        <LobbyPanel quiz={quiz} live={live} steps={steps} />
      )}
    </>
  )
}
