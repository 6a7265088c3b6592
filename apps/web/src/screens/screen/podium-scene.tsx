/** The end: the first three ranks on their steps, those behind them beside. */
import { Board } from '../../components/board.tsx'
import { Confetti } from '../../components/confetti.tsx'
import { Podium } from '../../components/podium.tsx'
import { Heading } from '../../components/screen.tsx'
import { plural } from '../../lib/text.ts'
import type { LiveState } from '../../live/state.ts'

const ROWS = 9

export const PodiumScene = ({ live }: { live: LiveState }) => {
  const { board } = live
  const hasPoints = board?.top.some((row) => row.score > 0) ?? false
  const behind = board?.top.filter((row) => row.rank > 3).slice(0, ROWS) ?? []
  return (
    <div className="scene-podium" data-alone={behind.length === 0}>
      {hasPoints && <Confetti />}
      <section className="scene-main scene-steps">
        <Heading about="screen podium">{hasPoints ? 'Well played!' : 'That was the quiz'}</Heading>
        {board && hasPoints ? (
          <Podium rows={board.top} players={board.players} names={4} />
        ) : (
          <p className="scene-step soft">
            {board ? `${plural(board.players, 'player')}, and no points this time.` : ''}
          </p>
        )}
      </section>
      {behind.length > 0 && board && (
        <aside className="scene-board">
          <Board rows={behind} players={behind.length} />
        </aside>
      )}
    </div>
  )
}
