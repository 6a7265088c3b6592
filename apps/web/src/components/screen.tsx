/** The title of a screen and its heading: on a change of the screen the focus goes to the heading, so that it is read. */
import { type ReactNode, useEffect, useRef } from 'react'

export const useTitle = (title: string): void => {
  useEffect(() => {
    document.title = title === '' ? 'Quizboard' : `${title} · Quizboard`
  }, [title])
}

/** The first screen of a visit leaves the focus alone: the browser starts at the top by itself. */
let isFirst = true

/** `about`: what the screen is about; when it changes, it is another screen. */
export const Heading = ({
  about,
  className,
  children,
}: {
  about: string
  className?: string | undefined
  children: ReactNode
}) => {
  const ref = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves when the screen changes, not when its text does.
  useEffect(() => {
    if (isFirst) isFirst = false
    else ref.current?.focus({ preventScroll: false })
  }, [about])
  return (
    <h1 ref={ref} tabIndex={-1} className={className}>
      {children}
    </h1>
  )
}

export const SkipLink = () => (
  <a className="skip-link" href="#main">
    Skip to the content
  </a>
)
