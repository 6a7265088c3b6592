/** Asks before a page with unsaved work is left: by a link of ours here, by closing the tab through the browser. */
import { createContext, useContext, useEffect, useSyncExternalStore } from 'react'
import type { AroundNavHandler } from 'wouter'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'

export const createLeaveGuard = () => {
  let isDirty = false
  let pending: (() => void) | undefined
  const listeners = new Set<() => void>()
  const setPending = (go: (() => void) | undefined) => {
    pending = go
    for (const listener of listeners) listener()
  }
  const aroundNav: AroundNavHandler = (navigate, to, options) => {
    if (isDirty) setPending(() => navigate(to, options))
    else navigate(to, options)
  }
  return {
    aroundNav,
    setDirty: (dirty: boolean) => {
      isDirty = dirty
    },
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    pending: () => pending,
    stay: () => setPending(undefined),
    leave: () => {
      const go = pending
      isDirty = false
      setPending(undefined)
      go?.()
    },
  }
}

export type LeaveGuard = ReturnType<typeof createLeaveGuard>

export const LeaveGuardContext = createContext<LeaveGuard>(createLeaveGuard())

export const useLeaveGuard = (isDirty: boolean): LeaveGuard => {
  const guard = useContext(LeaveGuardContext)
  useEffect(() => {
    guard.setDirty(isDirty)
    if (!isDirty) return
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', onUnload)
    return () => {
      guard.setDirty(false)
      window.removeEventListener('beforeunload', onUnload)
    }
  }, [guard, isDirty])
  return guard
}

export const LeaveQuestion = ({ guard }: { guard: LeaveGuard }) => {
  const pending = useSyncExternalStore(guard.subscribe, guard.pending)
  if (!pending) return null
  return (
    <Dialog title="Leave without saving?" onClose={guard.stay}>
      <p>What you changed in this deck is not saved yet.</p>
      <div className="row">
        <Button kind="primary" onClick={guard.stay}>
          Keep editing
        </Button>
        <Button kind="danger" onClick={guard.leave}>
          Discard the changes
        </Button>
      </div>
    </Dialog>
  )
}
