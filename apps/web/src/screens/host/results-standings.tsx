/** The whole board after the close: its top moves live, as a corrected key may still change it; the rest comes on demand. */
import type { Standing } from '@quizboard/shared/contracts/rest.ts'
import { useEffect, useMemo, useState } from 'react'
import { Board } from '../../components/board.tsx'
import { Button } from '../../components/button.tsx'
import { LoadTrouble, Skeletons } from '../../components/trouble.tsx'
import { useHost } from '../../host/host-context.tsx'
import type { LiveState } from '../../live/state.ts'

const STEP = 50
const PAGE = 1000
const NOBODY: readonly Standing[] = []

export const ResultsStandings = ({ quizId, board }: { quizId: string; board: LiveState['board'] }) => {
  const { api } = useHost()
  const [most, setMost] = useState(STEP)
  const [rest, setRest] = useState<readonly Standing[]>([])
  const [error, setError] = useState<unknown>()
  const [round, setRound] = useState(0)
  const top = board?.top ?? NOBODY
  const players = board?.players ?? 0
  const begin = top.length
  const end = Math.min(most, players)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version of the board is another rest; `round` tries again.
  useEffect(() => {
    if (end <= begin) return
    let stopped = false
    const load = async () => {
      const rows: Standing[] = []
      while (begin + rows.length < end) {
        const missing = end - begin - rows.length
        const page = await api.leaderboard(quizId, Math.min(PAGE, missing), begin + rows.length)
        if (page.standings.length === 0) break
        rows.push(...page.standings)
      }
      if (!stopped) setRest(rows)
    }
    load().then(
      () => !stopped && setError(undefined),
      (failure: unknown) => !stopped && setError(failure),
    )
    return () => {
      stopped = true
    }
  }, [api, quizId, begin, end, board?.epoch, board?.version, round])
  const rows = useMemo(() => (most > begin ? [...top, ...rest] : top.slice(0, most)), [top, rest, most, begin])
  return (
    <section className="card stack" aria-labelledby="standings-title">
      <h2 id="standings-title">Final board</h2>
      {board ? <Board rows={rows} players={rows.length} /> : <Skeletons heights={[46, 46, 46, 46]} />}
      {error ? (
        <LoadTrouble error={error} retry={() => setRound(round + 1)} />
      ) : (
        players > most && <Button onClick={() => setMost(most + STEP)}>Show more</Button>
      )}
    </section>
  )
}
