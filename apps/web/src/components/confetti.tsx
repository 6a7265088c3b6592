/** A short shower of the options' shapes, for the end of a quiz. Nothing for those who asked for less motion. */
import { useEffect, useRef } from 'react'
import { prefersLessMotion } from './board.tsx'
import { shapePath } from './option-badge.tsx'

const PIECES = 42

export const Confetti = () => {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (prefersLessMotion()) return
    for (const piece of box.current?.children ?? []) {
      const drift = (Math.random() - 0.5) * 200
      piece.animate(
        [
          { transform: 'translate(0, 0) rotate(0)', opacity: 1 },
          { transform: `translate(${drift}px, 110vh) rotate(${(Math.random() - 0.5) * 1080}deg)`, opacity: 0.9 },
        ],
        {
          duration: 2600 + Math.random() * 2400,
          delay: Math.random() * 900,
          easing: 'cubic-bezier(0.2, 0.4, 0.6, 1)',
          fill: 'both',
        },
      )
    }
  }, [])
  return (
    <div className="confetti" ref={box} aria-hidden="true">
      {Array.from({ length: PIECES }, (_, index) => (
        <svg
          aria-hidden="true"
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces never change.
          key={index}
          className={`shape hue-${index % 8}`}
          viewBox="0 0 48 48"
          style={{ left: `${(index / PIECES) * 100}%`, width: 16 + (index % 4) * 6 }}
        >
          <path d={shapePath(index)} />
        </svg>
      ))}
    </div>
  )
}
