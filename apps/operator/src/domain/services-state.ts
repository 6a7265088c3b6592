/** How the services are, and which of them may be changed now. */
import { SERVICES, type ServiceName } from '@quizboard/cdk8s/crd/status.ts'
import type { KubeObject } from '@quizboard/cdk8s/kinds/kind.ts'
import { deployment } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { type Build, nameOf } from '@quizboard/cdk8s/platform/build.ts'
import { liveOf, type Observed } from './observed.ts'
import { type Rollout, rolloutOf, wouldRoll } from './rollout.ts'

export interface ServiceState {
  service: ServiceName
  rollout: Rollout | undefined
  /** Its Deployment is there, with the wanted pod template. */
  current: boolean
  /** Its Deployment is as wanted, and all its pods are ready. */
  done: boolean
}

const deploymentName = (build: Build, service: ServiceName) => nameOf(build, service)

export const serviceStates = (build: Build, desired: readonly KubeObject[], observed: Observed): ServiceState[] =>
  SERVICES.map((service) => {
    const name = deploymentName(build, service)
    const live = liveOf(observed, deployment, name)
    const wanted = desired.find(({ kind, metadata }) => kind === deployment.kind && metadata.name === name)
    const rollout = live && rolloutOf(live, service, observed.podTroubles)
    const current = live !== undefined && wanted !== undefined && !wouldRoll(live, wanted)
    return { service, rollout, current, done: current && rollout?.done === true }
  })

export interface Gates {
  /** Why the quiz-service may not be made or replaced now; empty: it may. */
  quizService: readonly string[]
  /** The same for the others, which come after it. */
  others: readonly string[]
}

/**
 * Deployments that must wait. One that is there already, with the wanted pods, never waits: then applying mends and scales, and
 * rolls nothing. So services go on while a store is unready for a moment.
 */
export const heldDeployments = (build: Build, states: readonly ServiceState[], gates: Gates): string[] =>
  states
    .filter(({ service, current }) => {
      const waitsFor = service === 'quiz-service' ? gates.quizService : gates.others
      return !current && waitsFor.length > 0
    })
    .map(({ service }) => deploymentName(build, service))
