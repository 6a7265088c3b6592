import type { Service } from '../kit/service.ts'

/** Whether every call works, for `/readyz` of both ports. */
export interface Readiness {
  /** What is being done that must end first: `starting`, `stopping`. */
  phase: string | undefined
  parts: readonly Service[]
  /** Empty: ready. */
  unready(): string[]
}

export const createReadiness = (): Readiness => ({
  phase: 'starting',
  parts: [],
  unready() {
    return [...(this.phase === undefined ? [] : [this.phase]), ...this.parts.flatMap((part) => part.unready())]
  },
})
