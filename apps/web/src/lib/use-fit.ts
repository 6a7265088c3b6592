/**
 * Scales a part of the projector's screen so that all of it is to be seen: nobody can scroll there. Sets `--fit` on the element,
 * by which its style sheet multiplies every size: the largest step at which the last child still ends above the window's foot.
 */
import { type RefObject, useLayoutEffect, useRef } from 'react'

const LARGEST = 1.25
const SMALLEST = 0.4
const STEP = 0.05
/** Of the window's height, kept free below. */
const MARGIN = 0.04
/** Narrower windows are phones: there the page scrolls. */
const NARROW_PX = 704

const fit = (element: HTMLElement) => {
  if (innerWidth <= NARROW_PX) {
    element.style.removeProperty('--fit')
    return
  }
  for (let scale = LARGEST; scale >= SMALLEST; scale -= STEP) {
    element.style.setProperty('--fit', scale.toFixed(2))
    const end = element.lastElementChild?.getBoundingClientRect().bottom ?? 0
    if (end + scrollY <= innerHeight * (1 - MARGIN)) return
  }
}

/** `about`: changes when the content does. */
export const useFit = <T extends HTMLElement>(about: string): RefObject<T | null> => {
  const ref = useRef<T>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the content decides about the size.
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const run = () => fit(element)
    run()
    // The fonts may come later than the text.
    void document.fonts?.ready.then(run)
    window.addEventListener('resize', run)
    return () => window.removeEventListener('resize', run)
  }, [about])
  return ref
}
