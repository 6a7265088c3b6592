/** `/`: the way into a quiz, and for those who make one, the way to the host's side. */
import { type FormEvent, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Button } from '../components/button.tsx'
import { Field } from '../components/field.tsx'
import { Icon } from '../components/icon.tsx'
import { Logo } from '../components/logo.tsx'
import { OptionBadge } from '../components/option-badge.tsx'
import { Heading, useTitle } from '../components/screen.tsx'

export const LandingScreen = () => {
  const [quizId, setQuizId] = useState('')
  const [error, setError] = useState<string>()
  const [, navigate] = useLocation()
  useTitle('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const asked = idOf(quizId)
    if (asked === '') return setError('Type the quiz id that the host shows.')
    navigate(`/join/${encodeURIComponent(asked)}`)
  }
  return (
    <div className="landing dotted">
      <header className="bar">
        <Logo />
        <Link href="/host" className="button button-quiet">
          Host a quiz
        </Link>
      </header>
      <main id="main" className="landing-main">
        <div className="stack landing-hello">
          <div className="landing-words" aria-hidden="true">
            {['Q', 'U', 'I', 'Z'].map((letter, index) => (
              <span className={`letter-tile hue-${[1, 0, 3, 4][index]}`} key={letter}>
                {letter}
              </span>
            ))}
          </div>
          <Heading about="landing">Good words. Live scores.</Heading>
          <p className="landing-lead">Type the quiz id from the host’s screen, pick a name, and play.</p>
        </div>
        <div className="stack">
          <form className="card landing-form" onSubmit={submit} noValidate>
            <Field label="Quiz id" error={error}>
              {(field) => (
                <input
                  {...field}
                  className="input input-code"
                  value={quizId}
                  onChange={(event) => {
                    setQuizId(event.target.value)
                    setError(undefined)
                  }}
                  autoComplete="off"
                  autoCorrect="off"
                  autoCapitalize="characters"
                  spellCheck={false}
                  enterKeyHint="go"
                  maxLength={200}
                />
              )}
            </Field>
            <Button kind="primary" type="submit" large wide>
              Join
            </Button>
          </form>
          <Link href="/host" className="landing-host">
            <span className="hue-2">
              <OptionBadge index={4} />
            </span>
            <span>
              <b>Teaching or hosting?</b>
              <span className="small soft">Write a deck, show the id, and run the quiz live.</span>
            </span>
            <Icon name="next" />
          </Link>
        </div>
      </main>
    </div>
  )
}

/** What people paste: the id, with spaces, or the whole join link. */
const idOf = (text: string): string => {
  const link = /\/(?:join|q|screen)\/([^/?#\s]+)/.exec(text)
  return (link?.[1] ?? text).replaceAll(/\s/g, '')
}
