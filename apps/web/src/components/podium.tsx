/** The first three ranks. Equal points share a step: two firsts leave the second step empty, ten firsts share one. */
import type { Standing } from '@quizboard/shared/contracts/rest.ts'
import { displayName, formatNumber, ordinal } from '../lib/text.ts'

/** From left to right, as on a podium; read in the order of the ranks. */
const RANKS = [2, 1, 3] as const

export const Podium = ({ rows, names }: { rows: readonly Standing[]; names: number }) => (
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
                  <span className="small soft">and {formatNumber(sharers.length - names)} more</span>
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
