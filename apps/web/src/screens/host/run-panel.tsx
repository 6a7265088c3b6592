/** While it runs: the question as the players see it, how many have answered, the next step, and the board. */
import type { Quiz } from '@quizboard/shared/contracts/rest.ts'
import { useState } from 'react'
import { AnswerBars } from '../../components/answer-bars.tsx'
import { Board } from '../../components/board.tsx'
import { Button } from '../../components/button.tsx'
import { Countdown, useRemaining } from '../../components/countdown.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Icon, type IconName } from '../../components/icon.tsx'
import { OptionList } from '../../components/option-list.tsx'
import { Heading } from '../../components/screen.tsx'
import { Skeletons } from '../../components/trouble.tsx'
import { useHost } from '../../host/host-context.tsx'
import { useShortcuts } from '../../host/use-shortcuts.ts'
import type { Step, Steps } from '../../host/use-steps.ts'
import { useTally } from '../../host/use-tally.ts'
import { formatNumber, plural } from '../../lib/text.ts'
import type { LiveState } from '../../live/state.ts'
import type { FrameQuestion } from '../../player/view.ts'
import { RunCorrections } from './run-corrections.tsx'

const BOARD_ROWS = 10

const LABELS: Record<Step, { text: string; icon: IconName }> = {
  open: { text: 'Open the lobby', icon: 'play' },
  start: { text: 'Start the quiz', icon: 'play' },
  reveal: { text: 'Reveal the answer', icon: 'eye' },
  next: { text: 'Next question', icon: 'next' },
  close: { text: 'Finish the quiz', icon: 'flag' },
}

export const RunPanel = ({ quiz, live, steps }: { quiz: Quiz; live: LiveState; steps: Steps }) => {
  const { question, isLast, primary } = steps
  const [isEnding, setEnding] = useState(false)
  const canSkip = question?.state === 'open' && !isLast
  const end = () => (primary === 'close' ? steps.takePrimary() : setEnding(true))
  useShortcuts({
    ' ': steps.takePrimary,
    arrowright: steps.takePrimary,
    r: primary === 'reveal' ? () => steps.take('reveal') : undefined,
    n: canSkip || primary === 'next' ? () => steps.take('next') : undefined,
    e: end,
  })
  if (!question) return <Skeletons heights={[60, 300]} />
  const label = LABELS[primary]
  return (
    <div className="run">
      <Question quiz={quiz} live={live} question={question} />
      <aside className="run-side">
        <h2>Board</h2>
        {live.board && <Board rows={live.board.top} most={BOARD_ROWS} players={live.board.players} />}
      </aside>
      <div className="run-steps">
        <div className="row run-keys small soft">
          <span>
            <kbd>Space</kbd> {label.text.toLowerCase()}
          </span>
          {canSkip && (
            <span>
              <kbd>N</kbd> next question
            </span>
          )}
          <span>
            <kbd>E</kbd> end
          </span>
        </div>
        <div className="row run-buttons">
          {primary !== 'close' && (
            <Button kind="quiet" icon="flag" onClick={end}>
              End quiz
            </Button>
          )}
          {canSkip && (
            <Button icon="next" onClick={() => steps.take('next')}>
              Skip to next
            </Button>
          )}
          <Button
            kind="primary"
            large
            icon={label.icon}
            busy={steps.busy !== undefined}
            aria-disabled={!steps.isSettled}
            onClick={steps.takePrimary}
          >
            {label.text}
          </Button>
        </div>
      </div>
      {isEnding && (
        <Dialog title="End the quiz now?" onClose={() => setEnding(false)}>
          <p>
            Question {question.position} of {quiz.question_count} is on. Everybody will see the final board, and nothing
            more can be answered.
          </p>
          <div className="row">
            <Button onClick={() => setEnding(false)}>Go on playing</Button>
            <Button
              kind="danger"
              icon="flag"
              onClick={() => {
                setEnding(false)
                steps.take('close')
              }}
            >
              End the quiz
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  )
}

const Question = ({ quiz, live, question }: { quiz: Quiz; live: LiveState; question: FrameQuestion }) => {
  const { api } = useHost()
  const tally = useTally(api, quiz.quiz_id, question, live.board)
  const isOpen = question.state === 'open'
  const remaining = useRemaining(isOpen ? question.deadline : undefined, live.clockOffsetMs ?? 0)
  const players = live.quiz?.players ?? 0
  return (
    <section className="card stack run-question">
      <div className="row spread">
        <span className="question-count">
          Question <b className="digits">{question.position}</b> of {quiz.question_count}
        </span>
        <span className="row">
          <span className="tag digits">{formatNumber(question.points)} points</span>
          <span className="tag digits" data-testid="answered">
            <Icon name="people" size={16} /> {formatNumber(tally?.answered ?? 0)} of {formatNumber(players)} answered
          </span>
        </span>
      </div>
      {remaining !== null && question.time_limit_ms !== null && (
        <Countdown key={question.question_id} remaining={remaining} limitMs={question.time_limit_ms} />
      )}
      <Heading about={question.question_id} className={question.prompt.length > 160 ? 'prompt prompt-long' : 'prompt'}>
        <span dir="auto">{question.prompt}</span>
      </Heading>
      {!isOpen ? (
        <>
          <AnswerBars question={question} tally={tally} />
          <p role="status">
            {tally && tally.answered > 0
              ? `${formatNumber(tally.right)} of ${plural(tally.answered, 'answer')} right.`
              : 'Closed for answers.'}
          </p>
          <RunCorrections key={question.question_id} quizId={quiz.quiz_id} question={question} tally={tally} />
        </>
      ) : question.options ? (
        <OptionList options={question.options} markOf={() => 'plain'} />
      ) : (
        <p className="typed-tile">
          <Icon name="edit" size={22} />
          <span className="small">The players type their answer</span>
        </p>
      )}
    </section>
  )
}
