/** Who may host: whoever has the link, or the token, that Quizboard printed when it started. */
import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { messageOf } from '../../api/error.ts'
import { createHostApi } from '../../api/host.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { Logo } from '../../components/logo.tsx'
import { Heading, useTitle } from '../../components/screen.tsx'

const PRINTABLE = /^[!-~]+$/

export const LoginScreen = ({ reason, onToken }: { reason: string | undefined; onToken: (token: string) => void }) => {
  const [token, setToken] = useState('')
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  useTitle('Host login')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const given = token.trim()
    if (given === '') return setError('Paste the host token first.')
    // A header of a request takes nothing else: the call would fail as if there were no network.
    if (!PRINTABLE.test(given)) return setError('This is no host token: it has a space or a special character in it.')
    setBusy(true)
    try {
      await createHostApi(given, () => {}).quizzes()
      onToken(given)
    } catch (failure) {
      setError(messageOf(failure))
      setBusy(false)
    }
  }
  return (
    <div className="join dotted">
      <header className="bar">
        <Logo />
        <Link href="/" className={buttonClass({ kind: 'quiet' })}>
          Join a quiz
        </Link>
      </header>
      <main id="main" className="join-main">
        <Heading about="login">Host a quiz</Heading>
        {reason !== undefined && (
          <div className="notice notice-gold" role="status">
            <Icon name="info" />
            <span>{reason}</span>
          </div>
        )}
        <p>
          Open the <b>host link</b> that Quizboard printed in the terminal when it started: it works once and signs this
          browser in. Used it up? Restart for a new one, or paste the host token from the data folder.
        </p>
        <form className="card stack" onSubmit={submit} noValidate>
          <Field label="Host token" error={error} hint="It stays in this browser until you sign out.">
            {(field) => (
              <input
                {...field}
                className="input"
                type="password"
                value={token}
                onChange={(event) => {
                  setToken(event.target.value)
                  setError(undefined)
                }}
                autoComplete="current-password"
                spellCheck={false}
              />
            )}
          </Field>
          <Button kind="primary" type="submit" large wide busy={isBusy}>
            Sign in
          </Button>
        </form>
      </main>
    </div>
  )
}
