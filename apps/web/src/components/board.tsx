/** The standings. Rows move to their new places, unless the reader asked for less motion. */
import type { Standing } from '@quizboard/shared/contracts/rest.ts'
import { useLayoutEffect, useRef } from 'react'
import { displayName, formatNumber, plural } from '../lib/text.ts'
import { useCalm } from '../lib/use-calm.ts'

const MOVE_MS = 600
/** A board changes up to twenty times a second: each move is played to its end before the next. */
const CALM_MS = MOVE_MS + 150

export const prefersLessMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Plays each row from where it was to where it is (first, last, invert, play). */
const useMovingRows = (rows: readonly Standing[]) => {
  const list = useRef<HTMLOListElement>(null)
  const places = useRef<ReadonlyMap<string, number>>(new Map())
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows decide where the elements are.
  useLayoutEffect(() => {
    const before = places.current
    const after = new Map<string, number>()
    for (const element of list.current?.children ?? []) {
      const id = element instanceof HTMLElement ? element.dataset.user : undefined
      if (!(element instanceof HTMLElement) || id === undefined) continue
      after.set(id, element.offsetTop)
      const from = before.get(id)
      if (prefersLessMotion() || before.size === 0 || from === element.offsetTop) continue
      const start =
        from === undefined
          ? { opacity: 0.3 }
          : { transform: `translateY(${from - element.offsetTop}px)`, zIndex: from > element.offsetTop ? 1 : 0 }
      element.animate([start, { transform: 'none', opacity: 1 }], {
        duration: MOVE_MS,
        easing: 'cubic-bezier(0.3, 0.9, 0.3, 1)',
      })
    }
    places.current = after
  }, [rows])
  return list
}

export interface BoardProps {
  /** The same array until the board changes. */
  rows: readonly Standing[]
  /** How many of them to show. */
  most?: number
  /** Everyone on the board, shown or not. */
  players: number
  ownId?: string
}

export const Board = ({ rows: newest, most = newest.length, players, ownId }: BoardProps) => {
  const calm = useCalm(newest, CALM_MS)
  const rows = calm.slice(0, most)
  const list = useMovingRows(calm)
  return (
    <div>
      <ol className="board" ref={list}>
        {rows.map((row) => (
          <li
            key={row.user_id}
            className="board-row"
            data-user={row.user_id}
            data-rank={row.rank}
            data-own={row.user_id === ownId}
          >
            <span className="board-rank digits">
              <span className="visually-hidden">Rank </span>
              {formatNumber(row.rank)}
            </span>
            <span className="name" dir="auto">
              {displayName(row)}
            </span>
            <span className="board-score">
              {formatNumber(row.score)}
              <span className="visually-hidden"> points</span>
            </span>
          </li>
        ))}
      </ol>
      {players > rows.length && <p className="board-foot">and {plural(players - rows.length, 'more player')}</p>}
    </div>
  )
}
