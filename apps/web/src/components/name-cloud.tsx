/** The names of those who are in, the newest first, as far as they are known here: rows are the board's beginning. */
import type { Standing } from '@quizboard/shared/contracts/rest.ts'
import { displayName, plural } from '../lib/text.ts'

/** A colour that stays with its player while others arrive. */
const hueOf = (userId: string) => [...userId].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 8

export const NameCloud = ({
  rows,
  players,
  most = 100,
}: {
  rows: readonly Standing[]
  players: number
  most?: number
}) => {
  const shown = [...rows].reverse().slice(0, most)
  const others = players - shown.length
  return (
    <ul className="names">
      {shown.map((row) => (
        <li key={row.user_id} className={`name-chip name hue-${hueOf(row.user_id)}`} dir="auto">
          {displayName(row)}
        </li>
      ))}
      {others > 0 && <li className="name-chip name-more">and {plural(others, 'more player')}</li>}
    </ul>
  )
}
