/** The routes. Players load only what players need; the host's and the projector's parts come on demand. */
import { lazy, type ReactNode, Suspense } from 'react'
import { Link, Route, Switch } from 'wouter'
import { AnnounceProvider } from './components/announcer.tsx'
import { buttonClass } from './components/button.tsx'
import { Logo } from './components/logo.tsx'
import { SkipLink, useTitle } from './components/screen.tsx'
import { ToastProvider } from './components/toasts.tsx'
import { Boundary, Skeletons, Trouble } from './components/trouble.tsx'
import { LandingScreen } from './screens/landing-screen.tsx'
import { PlayerScreen } from './screens/player/player-screen.tsx'

const HostScreens = lazy(() => import('./screens/host/host-screens.tsx'))
const ProjectorScreen = lazy(() => import('./screens/screen/projector-screen.tsx'))

export const App = () => (
  <Boundary>
    <AnnounceProvider>
      <ToastProvider>
        <SkipLink />
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/">
              <LandingScreen />
            </Route>
            <Route path="/join/:quizId">
              {({ quizId }) => <PlayerScreen quizId={quizId} key={quizId.toLowerCase()} />}
            </Route>
            <Route path="/q/:quizId">
              {({ quizId }) => <PlayerScreen quizId={quizId} key={quizId.toLowerCase()} />}
            </Route>
            <Route path="/screen/:quizId">{({ quizId }) => <ProjectorScreen quizId={quizId} key={quizId} />}</Route>
            <Route path="/host/*?">
              <HostScreens />
            </Route>
            <Route>
              <Lost />
            </Route>
          </Switch>
        </Suspense>
      </ToastProvider>
    </AnnounceProvider>
  </Boundary>
)

const Waiting = () => (
  <Page>
    <Skeletons heights={[44, 160, 160]} />
  </Page>
)

const Lost = () => {
  useTitle('Page not found')
  return (
    <Page>
      <Trouble
        title="There is no such page"
        action={
          <Link href="/" className={buttonClass({ kind: 'primary' })}>
            To the start
          </Link>
        }
      >
        The address may be mistyped. A quiz is joined by its id on the first page.
      </Trouble>
    </Page>
  )
}

const Page = ({ children }: { children: ReactNode }) => (
  <div>
    <header className="bar">
      <Logo />
    </header>
    <main id="main" className="page">
      {children}
    </main>
  </div>
)
