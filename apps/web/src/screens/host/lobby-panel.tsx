/** Before the start: how to get in, big enough for the last row, and who is in already. */
import type { Quiz, Standing } from '@quizboard/shared/contracts/rest.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { NameCloud } from '../../components/name-cloud.tsx'
import { QrCode } from '../../components/qr-code.tsx'
import { Heading } from '../../components/screen.tsx'
import { useToasts } from '../../components/toasts.tsx'
import { useShortcuts } from '../../host/use-shortcuts.ts'
import type { Steps } from '../../host/use-steps.ts'
import { copyText, isLocalAddress, joinUrl, shortUrl } from '../../lib/links.ts'
import { plural } from '../../lib/text.ts'
import type { LiveState } from '../../live/state.ts'

const NO_ROWS: readonly Standing[] = []

export const LobbyPanel = ({ quiz, live, steps }: { quiz: Quiz; live: LiveState; steps: Steps }) => {
  const toasts = useToasts()
  const isDraft = steps.state === 'draft'
  const players = live.quiz?.players ?? quiz.players
  const url = joinUrl(quiz.quiz_id)
  useShortcuts({ ' ': steps.takePrimary, arrowright: steps.takePrimary })
  const copy = async () =>
    toasts.say((await copyText(url)) ? 'The link is copied.' : `Copying is not allowed here. The link: ${url}`)
  return (
    <div className="stack">
      <div className="row spread">
        <div>
          <Heading about={`lobby ${quiz.quiz_id}`}>
            <bdi>{quiz.title}</bdi>
          </Heading>
          <Settings quiz={quiz} />
        </div>
        <Button
          kind="primary"
          icon="play"
          large
          busy={steps.busy !== undefined}
          aria-disabled={!steps.isSettled}
          onClick={steps.takePrimary}
        >
          {isDraft ? 'Open the lobby' : 'Start the quiz'}
        </Button>
      </div>
      {isDraft ? (
        <div className="notice notice-gold">
          <Icon name="info" />
          <span>Nobody can join yet. Open the lobby when you are ready; the id and the link work from then on.</span>
        </div>
      ) : (
        <div className="lobby-grid">
          <section className="card lobby-join" aria-labelledby="join-title">
            <h2 id="join-title" className="small">
              Join at <b>{shortUrl()}</b> with the quiz id
            </h2>
            <p className="quiz-id" data-testid="quiz-id">
              {quiz.quiz_id}
            </p>
            <div className="lobby-qr">
              <QrCode text={url} label={`QR code of the link ${url}`} />
            </div>
            <div className="row">
              <a href={url} target="_blank" rel="noreferrer" className="join-link">
                {url}
              </a>
              <Button icon="copy" onClick={() => void copy()}>
                Copy the link
              </Button>
            </div>
            {isLocalAddress() && (
              <div className="notice notice-gold">
                <Icon name="alert" />
                <span>
                  This page is open at <b>{location.hostname}</b>, which only this computer can reach. Open it by the
                  network address that Quizboard printed at its start, so that phones find it.
                </span>
              </div>
            )}
          </section>
          <section className="card stack" aria-labelledby="players-title">
            <h2 id="players-title" className="row">
              <Icon name="people" size={28} /> <span data-testid="player-count">{plural(players, 'player')}</span>
            </h2>
            {players === 0 ? (
              <p className="soft">Nobody yet. Names appear here as people join.</p>
            ) : (
              <NameCloud rows={live.board?.top ?? NO_ROWS} players={players} />
            )}
          </section>
        </div>
      )}
      <p className="small soft">
        <kbd>Space</kbd> {isDraft ? 'opens the lobby' : 'starts the quiz'}
      </p>
    </div>
  )
}

const SCORING = { accuracy: 'Right or wrong', speed: 'Speed counts', streak: 'Streaks count' } as const

const Settings = ({ quiz }: { quiz: Quiz }) => (
  <p className="row settings">
    <span className="tag">{plural(quiz.question_count, 'question')}</span>
    <span className="tag">{SCORING[quiz.scoring]}</span>
    <span className="tag">{quiz.feedback === 'instant' ? 'Feedback at once' : 'Feedback at the reveal'}</span>
    <span className="tag">{quiz.reanswer === 'allowed' ? 'Answers may change' : 'First answer counts'}</span>
  </p>
)
