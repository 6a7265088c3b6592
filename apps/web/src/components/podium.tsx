/** The first three ranks. Equal points share a step: two firsts leave the second step empty, ten firsts share one. */
import type { Standing } from '@quizboard/shared/contracts/rest.ts'
import { displayName, formatNumber, ordinal } from '../lib/text.ts'

/** From left to right, as on a podium; read in the order of the ranks. */
const RANKS = [2, 1, 3] as const

export interface PodiumProps {
  rows: readonly Standing[]
  /** Everyone on the board: the rows may be its beginning only. */
  players: number
  /** How many names stand on a step at most. */
  names: number
}

export const Podium = ({ rows, players, names }: PodiumProps) => (
  <ol className="podium" data-steps={RANKS.filter((rank) => rows.some((row) => row.rank === rank)).length}>
    {RANKS.map((rank) => {
      const sharers = rows.filter((row) => row.rank === rank)
      const [first] = sharers
      return (
        <li className="podium-place" key={rank} data-rank={rank} data-empty={!first} aria-hidden={!first}>
          {first && (
            <>
              <div className="podium-names" data-many={sharers.length > 2}>
                {sharers.slice(0, names).map((row) => (
                  <span className="podium-name" dir="auto" key={row.user_id}>
                    {displayName(row)}
                  </span>
                ))}
                {sharers.length > names && (
                  <span className="small soft">{others(sharers.length - names, isCut(rows, rank, players))}</span>
                )}
              </div>
              <div className="podium-step">
                <b>
                  {rank}
                  <span className="visually-hidden">{ordinal(rank).slice(String(rank).length)} place</span>
                </b>
                <span className="digits">{formatNumber(first.score)}</span>
                <span className="visually-hidden"> points</span>
              </div>
            </>
          )}
        </li>
      )
    })}
  </ol>
)

/** Whether more players than the rows that we have may share this rank. */
const isCut = (rows: readonly Standing[], rank: number, players: number) =>
  rows.length < players && rows.at(-1)?.rank === rank

const others = (count: number, isMore: boolean) =>
  isMore ? `and more than ${formatNumber(count)} others` : `and ${formatNumber(count)} more`
