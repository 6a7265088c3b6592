/** The time left by the server's clock, as a bar and as seconds; the last ten and five are also announced. */
import { useEffect, useState } from 'react'
import { useAnnounce } from './announcer.tsx'

const STEP_MS = 200

/** Milliseconds until the deadline, or null without one. */
export const useRemaining = (deadline: string | null | undefined, clockOffsetMs: number): number | null => {
  const end = deadline ? Date.parse(deadline) : undefined
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (end === undefined) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), STEP_MS)
    return () => clearInterval(timer)
  }, [end])
  return end === undefined ? null : Math.max(0, end - (now + clockOffsetMs))
}

export const Countdown = ({ remaining, limitMs }: { remaining: number; limitMs: number }) => {
  const announce = useAnnounce()
  const seconds = Math.ceil(remaining / 1000)
  const isNear = seconds <= 5
  const mark = [10, 5, 0].find((each) => each === seconds && limitMs > each * 1000)
  useEffect(() => {
    if (mark !== undefined) announce(mark === 0 ? 'Time is up.' : `${mark} seconds left.`, 'time')
  }, [mark, announce])
  return (
    <div className="countdown" data-near={isNear}>
      <div className="countdown-number" role="timer" aria-label={`${seconds} seconds left`}>
        {seconds}
      </div>
      <div className="countdown-track" aria-hidden="true">
        <div className="countdown-bar" style={{ transform: `scaleX(${Math.min(1, remaining / limitMs)})` }} />
      </div>
    </div>
  )
}
