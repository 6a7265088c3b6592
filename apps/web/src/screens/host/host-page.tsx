/** The frame of the host's pages. */
import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { Logo } from '../../components/logo.tsx'
import { useHost } from '../../host/host-context.tsx'

export const HostPage = ({
  children,
  wide = false,
  actions,
}: {
  children: ReactNode
  wide?: boolean
  actions?: ReactNode
}) => {
  const { signOut } = useHost()
  return (
    <div className="host">
      <header className="bar host-bar">
        <Logo to="/host" />
        <div className="row">
          {actions}
          <Button kind="quiet" icon="out" onClick={signOut}>
            <span className="narrow-hidden">Sign out</span>
          </Button>
        </div>
      </header>
      <main id="main" className={wide ? 'page page-wide' : 'page'}>
        {children}
      </main>
    </div>
  )
}
