/**
 * What a screen reader is told without moving the focus. One message at a time with a pause between; a newer message about the
 * same thing (say, the rank) replaces one that still waits, so that a fast board does not talk without end.
 */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'

export type Announce = (text: string, about?: string) => void

const AnnounceContext = createContext<Announce>(() => {})

export const useAnnounce = (): Announce => useContext(AnnounceContext)

const PAUSE_MS = 1_800

interface Message {
  text: string
  about: string
}

export const AnnounceProvider = ({ children }: { children: ReactNode }) => {
  const [text, setText] = useState('')
  const waiting = useRef<Message[]>([])
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const announce = useMemo<Announce>(() => {
    const sayNext = () => {
      timer.current = undefined
      const message = waiting.current.shift()
      if (!message) return
      setText(message.text)
      timer.current = setTimeout(sayNext, PAUSE_MS)
    }
    return (said, about = said) => {
      waiting.current = [...waiting.current.filter((message) => message.about !== about), { text: said, about }]
      timer.current ??= setTimeout(sayNext, 100)
    }
  }, [])
  useEffect(() => () => clearTimeout(timer.current), [])

  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="visually-hidden" aria-live="polite" aria-atomic="true">
        {text}
      </div>
    </AnnounceContext>
  )
}
