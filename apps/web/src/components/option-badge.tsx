/** Letter, shape and hue of an option: three signs, so that none of them needs to be seen. */
import { letterOf } from '../lib/text.ts'

/** In a 48 × 48 box, with the height at which the letter looks centred. */
const SHAPES: readonly (readonly [path: string, letterY: number])[] = [
  ['M24 7L43 40H5z', 37],
  ['M24 5L43 24 24 43 5 24z', 31],
  ['M24 6a18 18 0 1 0 0 36 18 18 0 0 0 0-36z', 31],
  ['M8 8h32v32H8z', 31],
  ['M24 5l5.8 12.2 13.2 1.8-9.7 9.2 2.5 13.300L24 35l-11.8 6.5 2.5-13.300L5 19l13.2-1.800z', 32],
  ['M14 7h20l9.5 17L34 41H14L4.5 24z', 31],
  ['M17 6h14v11h11v14H31v11H17V31H6V17h11z', 31],
  ['M24 4c8 9 15 16 15 24a15 15 0 0 1-30 0C9 20 16 13 24 4z', 35],
]

export const OptionBadge = ({ index }: { index: number }) => {
  const [path, letterY] = SHAPES[index % SHAPES.length] ?? ['', 0]
  return (
    <svg className="shape" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <path d={path} />
      <text x="24" y={letterY}>
        {letterOf(index)}
      </text>
    </svg>
  )
}

export const shapePath = (index: number): string => SHAPES[index % SHAPES.length]?.[0] ?? ''
