/** The names of those who are in, the newest last; of many, the first hundred and how many more. */
import type { Standing } from '@quizboard/shared/contracts/rest.ts'
import { displayName, plural } from '../lib/text.ts'

export const NameCloud = ({
  rows,
  players,
  most = 100,
}: {
  rows: readonly Standing[]
  players: number
  most?: number
}) => {
  const shown = rows.slice(0, most)
  const others = players - shown.length
  return (
    <ul className="names">
      {shown.map((row, index) => (
        <li key={row.user_id} className={`name-chip name hue-${index % 8}`} dir="auto">
          {displayName(row)}
        </li>
      ))}
      {others > 0 && <li className="name-chip name-more">and {plural(others, 'more player')}</li>}
    </ul>
  )
}
