/** Everything below `/host`: behind the login, with the host's header, and never left by accident with unsaved work. */
import { useMemo } from 'react'
import { Route, Router, Switch } from 'wouter'
import { HostProvider } from '../../host/host-context.tsx'
import { createLeaveGuard, LeaveGuardContext, LeaveQuestion } from '../../host/leave-guard.tsx'
import '../../styles/host.css'
import '../../styles/editor.css'
import '../../styles/run.css'
import '../../styles/bars.css'
import '../../styles/answers.css'
import { DeckScreen } from './deck-screen.tsx'
import { HomeScreen } from './home-screen.tsx'
import { QuizScreen } from './quiz-screen.tsx'

const HostScreens = () => {
  const guard = useMemo(createLeaveGuard, [])
  return (
    <HostProvider>
      <LeaveGuardContext value={guard}>
        <Router aroundNav={guard.aroundNav}>
          <Switch>
            <Route path="/host/decks/new">
              <DeckScreen key="new" />
            </Route>
            <Route path="/host/decks/:id">{({ id }) => <DeckScreen deckId={id} key={id} />}</Route>
            <Route path="/host/quizzes/:id">{({ id }) => <QuizScreen quizId={id} key={id} />}</Route>
            <Route>
              <HomeScreen />
            </Route>
          </Switch>
          <LeaveQuestion guard={guard} />
        </Router>
      </LeaveGuardContext>
    </HostProvider>
  )
}

export default HostScreens
