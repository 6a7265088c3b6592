/** The way in, readable from the last row, and the names as they come. */
import type { QuizFrame } from '@quizboard/shared/contracts/frames.ts'
import { NameCloud } from '../../components/name-cloud.tsx'
import { QrCode } from '../../components/qr-code.tsx'
import { Heading } from '../../components/screen.tsx'
import { joinUrl, shortUrl } from '../../lib/links.ts'
import { formatNumber } from '../../lib/text.ts'
import type { LiveState } from '../../live/state.ts'

export const LobbyScene = ({ live, quiz, title }: { live: LiveState; quiz: QuizFrame; title: string }) => (
  <div className="scene-lobby">
    <div className="scene-qr">
      <QrCode text={joinUrl(quiz.quiz_id)} label={`QR code of the link ${joinUrl(quiz.quiz_id)}`} />
    </div>
    <div className="scene-way">
      <Heading about={`screen lobby ${quiz.quiz_id}`}>
        <bdi>{title || 'Join the quiz'}</bdi>
      </Heading>
      <p className="scene-step">
        Go to <b>{shortUrl()}</b> and type
      </p>
      <p className="quiz-id">{quiz.quiz_id}</p>
    </div>
    <section className="scene-names" aria-label="Players">
      <p className="scene-count" role="status">
        <b className="digits">{formatNumber(quiz.players)}</b> {quiz.players === 1 ? 'player is' : 'players are'} in
      </p>
      {quiz.state === 'draft' ? (
        <p className="scene-step soft">The lobby opens in a moment.</p>
      ) : quiz.players === 0 ? (
        <p className="scene-step soft">Be the first: scan the code with your phone’s camera.</p>
      ) : (
        <NameCloud rows={live.board?.top ?? []} players={quiz.players} most={60} />
      )}
    </section>
  </div>
)
