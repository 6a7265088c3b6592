/** The options of a question, to be tapped or only to be looked at. */
import type { ReactNode } from 'react'
import { letterOf } from '../lib/text.ts'
import { Icon } from './icon.tsx'
import { OptionBadge } from './option-badge.tsx'

/** What is to be seen on an option; `off`: neither chosen nor right, after the close. */
export type OptionMark = 'plain' | 'sending' | 'chosen' | 'right' | 'wrong' | 'off'

export interface OptionListProps {
  options: readonly string[]
  markOf(option: string): OptionMark
  /** The one that the player chose. */
  chosen?: string | undefined
  /** Absent: nothing can be chosen. */
  onPick?: ((option: string) => void) | undefined
  noteOf?(option: string): ReactNode
}

/** Options longer than this get a line of their own. */
const LONG = 70

export const OptionList = ({ options, markOf, chosen, onPick, noteOf }: OptionListProps) => (
  <ul className={options.some((option) => option.length > LONG) ? 'options options-long' : 'options'}>
    {options.map((option, index) => {
      const mark = markOf(option)
      const content = (
        <>
          <OptionBadge index={index} />
          <span className="visually-hidden">{letterOf(index)}: </span>
          <span dir="auto">{option}</span>
          <span className="option-note">
            {noteOf?.(option) ?? <MarkNote mark={mark} isChosen={option === chosen} />}
          </span>
        </>
      )
      const className = `option hue-${index % 8}`
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place; texts may repeat.
        <li key={index}>
          {onPick ? (
            <button
              type="button"
              className={className}
              data-mark={mark}
              aria-pressed={option === chosen}
              onClick={() => onPick(option)}
            >
              {content}
            </button>
          ) : (
            <div className={className} data-mark={mark}>
              {content}
            </div>
          )}
        </li>
      )
    })}
  </ul>
)

const MarkNote = ({ mark, isChosen }: { mark: OptionMark; isChosen: boolean }) => {
  switch (mark) {
    case 'sending':
      return (
        <>
          <span className="spinner" aria-hidden="true" /> Sending
        </>
      )
    case 'chosen':
      return (
        <>
          <Icon name="lock" size={18} /> Yours
        </>
      )
    case 'right':
      return (
        <>
          <Icon name="check" size={22} /> {isChosen ? 'Right' : 'Answer'}
        </>
      )
    case 'wrong':
      return (
        <>
          <Icon name="cross" size={22} /> Yours
        </>
      )
    default:
      return null
  }
}
