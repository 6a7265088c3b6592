/** Addresses of this product that people read, scan or copy. */

export const joinUrl = (quizId: string): string => `${location.origin}/join/${encodeURIComponent(quizId)}`

/** What is said aloud: the address without the protocol. */
export const shortUrl = (): string => location.host

/** Whether this address means "this computer" everywhere, so that a phone that scans it finds nothing. */
export const isLocalAddress = (): boolean => /^(localhost|127\.|\[::1\])/.test(location.hostname)

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
