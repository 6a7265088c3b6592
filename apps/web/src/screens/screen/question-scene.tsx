/** The question for the whole room; at the reveal the answer, with bars if the host's token is at hand, and the moving board. */
import type { QuizFrame } from '@quizboard/shared/contracts/frames.ts'
import type { HostApi } from '../../api/host.ts'
import { AnswerBars } from '../../components/answer-bars.tsx'
import { Board } from '../../components/board.tsx'
import { Countdown, useRemaining } from '../../components/countdown.tsx'
import { Icon } from '../../components/icon.tsx'
import { OptionList } from '../../components/option-list.tsx'
import { Heading } from '../../components/screen.tsx'
import { useTally } from '../../host/use-tally.ts'
import { formatNumber } from '../../lib/text.ts'
import { useFit } from '../../lib/use-fit.ts'
import type { LiveState } from '../../live/state.ts'
import type { FrameQuestion } from '../../player/view.ts'

const BOARD_ROWS = 8

/** Many or long options stand side by side; the longest texts get the whole width. */
const densityOf = ({ prompt, options = [] }: FrameQuestion): 'airy' | 'dense' | 'full' => {
  const size = options.reduce((sum, option) => sum + option.length, prompt.length)
  if (size > 900) return 'full'
  return size > 420 || options.length > 4 ? 'dense' : 'airy'
}

interface QuestionSceneProps {
  live: LiveState
  quiz: QuizFrame
  question: FrameQuestion
  api: HostApi | undefined
}

export const QuestionScene = ({ live, quiz, question, api }: QuestionSceneProps) => {
  const isOpen = question.state === 'open'
  const tally = useTally(api, quiz.quiz_id, question, live.board)
  const remaining = useRemaining(isOpen ? question.deadline : undefined, live.clockOffsetMs ?? 0)
  const density = densityOf(question)
  const fit = useFit<HTMLElement>(`${question.question_id} ${question.state} ${tally?.groups.length ?? 0}`)
  return (
    <div className="scene-question" data-density={density}>
      <section className="scene-main scene-fit" ref={fit}>
        <div className="row spread scene-head">
          <span className="question-count">
            Question <b className="digits">{question.position}</b> of {quiz.question_count}
          </span>
          {tally && (
            <span className="tag digits">
              <Icon name="people" /> {formatNumber(tally.answered)} of {formatNumber(quiz.players)} answered
            </span>
          )}
        </div>
        {remaining !== null && question.time_limit_ms !== null && (
          <Countdown key={question.question_id} remaining={remaining} limitMs={question.time_limit_ms} />
        )}
        <Heading about={`screen ${question.question_id}`} className="scene-prompt">
          <span dir="auto">{question.prompt}</span>
        </Heading>
        {!isOpen ? (
          <AnswerBars question={question} tally={tally} />
        ) : question.options ? (
          <OptionList options={question.options} markOf={() => 'plain'} />
        ) : (
          <p className="scene-typed">
            <Icon name="edit" size={48} /> Type your answer on your phone
          </p>
        )}
      </section>
      {density !== 'full' && (
        <aside className="scene-board">
          <h2>Board</h2>
          {live.board && live.board.top.length > 0 ? (
            <Board rows={live.board.top} most={BOARD_ROWS} players={live.board.players} />
          ) : (
            <p className="soft">The first players will be listed here.</p>
          )}
        </aside>
      )}
    </div>
  )
}
