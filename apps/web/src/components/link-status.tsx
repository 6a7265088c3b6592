/** Says that the live connection is lost, once it is certain: a reconnect of a second is nobody's concern. */
import { useEffect, useState } from 'react'
import type { Link } from '../live/state.ts'
import { Icon } from './icon.tsx'

const PATIENCE_MS = 1_500

export const LinkStatus = ({ link }: { link: Link }) => {
  const isDown = link.status !== 'live' && link.status !== 'ended'
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(isDown), isDown ? PATIENCE_MS : 0)
    return () => clearTimeout(timer)
  }, [isDown])
  return (
    <div role="status">
      {isDown && isShown && (
        <div className="link-status">
          <Icon name="offline" size={18} />
          Connection lost. Trying to get back …
        </div>
      )}
    </div>
  )
}
