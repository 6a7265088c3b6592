/** Short messages at the foot of the page: what failed, in the server's own words, or what was done. */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'
import { messageOf } from '../api/error.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

interface Toast {
  id: number
  text: string
  isError: boolean
}

interface Toaster {
  say(text: string): void
  warn(text: string): void
  fail(error: unknown): void
}

const ToastContext = createContext<Toaster>({ say: () => {}, warn: () => {}, fail: () => {} })

export const useToasts = (): Toaster => useContext(ToastContext)

const SHOWN_MS = 7_000
const MOST = 3

export const ToastProvider = ({ children }: { children: ReactNode }) => {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const nextId = useRef(0)
  const drop = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), [])
  const toaster = useMemo<Toaster>(() => {
    const show = (text: string, isError: boolean) => {
      const id = nextId.current++
      setToasts((all) => [...all.filter((toast) => toast.text !== text), { id, text, isError }].slice(-MOST))
      setTimeout(() => drop(id), SHOWN_MS)
    }
    return {
      say: (text) => show(text, false),
      warn: (text) => show(text, true),
      fail: (error) => show(messageOf(error), true),
    }
  }, [drop])

  return (
    <ToastContext value={toaster}>
      {children}
      <div className="toasts" role="status">
        {toasts.map(({ id, text, isError }) => (
          <div className="toast" key={id}>
            <Icon name={isError ? 'alert' : 'check'} />
            <span>{text}</span>
            <Button kind="quiet" icon="cross" aria-label="Dismiss" onClick={() => drop(id)} />
          </div>
        ))}
      </div>
    </ToastContext>
  )
}
