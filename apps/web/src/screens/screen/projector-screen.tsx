/**
 * `/screen/:quizId`, for the projector: it needs no token. Opened in the host's browser it finds the host's token there, and
 * then also shows how many have answered, and the bars at the reveal.
 */
import { useEffect, useMemo, useState } from 'react'
import { createHostApi, type HostApi } from '../../api/host.ts'
import { getQuiz } from '../../api/player.ts'
import { Button } from '../../components/button.tsx'
import { LinkStatus } from '../../components/link-status.tsx'
import { Logo } from '../../components/logo.tsx'
import { useTitle } from '../../components/screen.tsx'
import { Skeletons, Trouble } from '../../components/trouble.tsx'
import { loadHostToken } from '../../host/session.ts'
import { useShortcuts } from '../../host/use-shortcuts.ts'
import { shortUrl } from '../../lib/links.ts'
import { localKeyValue } from '../../lib/storage.ts'
import { useLoad } from '../../lib/use-load.ts'
import { useLive } from '../../live/use-live.ts'
import { LobbyScene } from './lobby-scene.tsx'
import { PodiumScene } from './podium-scene.tsx'
import { QuestionScene } from './question-scene.tsx'
import '../../styles/run.css'
import '../../styles/bars.css'
import '../../styles/screen.css'
import '../../styles/scenes.css'

const TOP = 100

const ProjectorScreen = ({ quizId }: { quizId: string }) => {
  const live = useLive(quizId, TOP)
  const { value: info } = useLoad((signal) => getQuiz(quizId, signal), [quizId])
  const api = useHostApi()
  const title = info?.title ?? ''
  useTitle(title === '' ? 'Projector' : `${title}, projector`)
  useShortcuts({ f: toggleFullscreen })
  const { quiz, link } = live
  return (
    <div className="screen dotted">
      <LinkStatus link={link} />
      <header className="screen-bar">
        <Logo />
        <span className="screen-title" dir="auto">
          {title}
        </span>
        {quiz && quiz.state !== 'closed' && (
          <span className="screen-join">
            {shortUrl()} <b>{quiz.quiz_id}</b>
          </span>
        )}
        <Button
          kind="quiet"
          icon="expand"
          aria-label="Full screen"
          title="Full screen (F)"
          onClick={toggleFullscreen}
        />
      </header>
      <main id="main" className="screen-main">
        {link.status === 'ended' ? (
          <Trouble title="Nothing to show">{link.reason}</Trouble>
        ) : !quiz ? (
          <Skeletons heights={[80, 300]} />
        ) : quiz.state === 'closed' ? (
          <PodiumScene live={live} />
        ) : quiz.state === 'running' && quiz.question ? (
          <QuestionScene live={live} quiz={quiz} question={quiz.question} api={api} />
        ) : (
          <LobbyScene live={live} quiz={quiz} title={title} />
        )}
      </main>
    </div>
  )
}

/** Undefined without a host's token, or as soon as the server refuses it: the projector then shows what anybody may see. */
const useHostApi = (): HostApi | undefined => {
  const [token, setToken] = useState(() => loadHostToken(localKeyValue))
  useEffect(() => {
    const onStorage = () => setToken(loadHostToken(localKeyValue))
    window.addEventListener('storage', onStorage)
    return () => window.removeEventListener('storage', onStorage)
  }, [])
  return useMemo(() => (token === undefined ? undefined : createHostApi(token, () => setToken(undefined))), [token])
}

const toggleFullscreen = () => {
  if (document.fullscreenElement) void document.exitFullscreen()
  else void document.documentElement.requestFullscreen?.().catch(() => {})
}

export default ProjectorScreen
