/** A value that changes many times a second, shown at most once in `ms`: the first at once, the newest always in the end. */
import { useEffect, useRef, useState } from 'react'

export const useCalm = <T>(value: T, ms: number): T => {
  const [shown, setShown] = useState(value)
  const changedAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const wait = Math.max(0, changedAt.current + ms - Date.now())
    const timer = setTimeout(() => {
      changedAt.current = Date.now()
      setShown(value)
    }, wait)
    return () => clearTimeout(timer)
  }, [value, ms])
  return shown
}
