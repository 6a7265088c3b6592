/** Addresses of this product that people read, scan or copy. */

const LOCAL = /^(localhost|127\.|\[::1\])/

/** What the server said in the page about itself. */
const said = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="quizboard-${name}"]`)?.content

/** By which other people's devices reach us: what was set for it, else this page's own, unless only this computer knows that. */
const sharedOrigin = (): string =>
  said('origin') ?? (LOCAL.test(location.hostname) ? said('network-origin') : undefined) ?? location.origin

export const joinUrl = (quizId: string): string => `${sharedOrigin()}/join/${encodeURIComponent(quizId)}`

/** What is said aloud: the address without the protocol. */
export const shortUrl = (): string => new URL(sharedOrigin()).host

/** Whether that address means "this computer" everywhere, so that a phone that scans it finds nothing. */
export const isLocalAddress = (): boolean => LOCAL.test(new URL(sharedOrigin()).hostname)

/** Whether it was copied: over plain HTTP browsers have no clipboard, then the old way is tried. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.setAttribute('readonly', '')
    document.body.append(area)
    area.select()
    const isDone = document.execCommand('copy')
    area.remove()
    return isDone
  }
}
