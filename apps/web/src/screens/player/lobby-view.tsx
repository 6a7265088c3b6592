/** Before the start: the player sees that they are in, under which name, and who else is. */
import { Icon } from '../../components/icon.tsx'
import { Logo } from '../../components/logo.tsx'
import { OptionBadge } from '../../components/option-badge.tsx'
import { Heading } from '../../components/screen.tsx'
import { plural } from '../../lib/text.ts'
import type { Place } from '../../player/place.ts'
import type { PlayerState } from '../../player/session.ts'

export const LobbyView = ({ place, state, title }: { place: Place; state: PlayerState; title: string }) => {
  const players = state.live.quiz?.players ?? 0
  const isRunning = state.live.quiz?.state === 'running'
  return (
    <>
      <header className="bar">
        <Logo />
        <span className="tag">
          Quiz <b>{place.quiz_id}</b>
        </span>
      </header>
      <main id="main" className="player-main lobby dotted">
        <div className="bobbing" aria-hidden="true">
          {[0, 1, 2, 3].map((index) => (
            <span className={`hue-${index}`} key={index}>
              <OptionBadge index={index} />
            </span>
          ))}
        </div>
        <Heading about={`lobby ${place.quiz_id}`}>You’re in!</Heading>
        <p className="name-tile" dir="auto">
          {place.name}
        </p>
        <p role="status">
          {isRunning ? 'The next question is on its way.' : 'Waiting for the host to start. Keep this page open.'}
        </p>
        <p className="soft row">
          <Icon name="people" />
          <span>
            {plural(players, 'player')} in “<bdi>{title}</bdi>”
          </span>
        </p>
      </main>
    </>
  )
}
