/** The host's calls for every host screen; without a good token there is the login instead. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { messageOf } from '../api/error.ts'
import { createHostApi, type HostApi, redeemHostCode } from '../api/host.ts'
import { Skeletons } from '../components/trouble.tsx'
import { localKeyValue } from '../lib/storage.ts'
import { LoginScreen } from '../screens/host/login-screen.tsx'
import { forgetHostToken, loadHostToken, saveHostToken, takeCode } from './session.ts'

interface Host {
  api: HostApi
  signOut(): void
}

const HostContext = createContext<Host | undefined>(undefined)

export const useHost = (): Host => {
  const host = useContext(HostContext)
  if (!host) throw new Error('useHost needs a HostProvider around it.')
  return host
}

/** A code works once: kept here, so that a component mounted twice does not spend it twice. */
let redeeming: Promise<string> | undefined

const redeem = (code: string): Promise<string> => {
  redeeming ??= redeemHostCode(code).then(({ token }) => token)
  return redeeming
}

export const HostProvider = ({ children }: { children: ReactNode }) => {
  const [code] = useState(takeCode)
  const [isRedeeming, setRedeeming] = useState(code !== undefined)
  const [token, setToken] = useState(() => loadHostToken(localKeyValue))
  const [reason, setReason] = useState<string>()

  const signIn = useCallback((given: string) => {
    saveHostToken(localKeyValue, given)
    setReason(undefined)
    setToken(given)
  }, [])
  const signOut = useCallback((why?: string) => {
    forgetHostToken(localKeyValue)
    setReason(why)
    setToken(undefined)
  }, [])

  useEffect(() => {
    if (code === undefined) return
    redeem(code)
      .then(signIn, (error: unknown) => setReason(messageOf(error)))
      .finally(() => setRedeeming(false))
  }, [code, signIn])

  const host = useMemo<Host | undefined>(
    () =>
      token === undefined
        ? undefined
        : { api: createHostApi(token, (error) => signOut(error.message)), signOut: () => signOut() },
    [token, signOut],
  )
  if (isRedeeming)
    return (
      <main id="main" className="page">
        <Skeletons heights={[44, 200]} />
      </main>
    )
  if (!host) return <LoginScreen reason={reason} onToken={signIn} />
  return <HostContext value={host}>{children}</HostContext>
}
