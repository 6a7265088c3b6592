/** What the reconciler needs of a cluster. */
import type { QuizPlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import type { QuizPlatformStatus } from '@quizboard/cdk8s/crd/status.ts'
import type { KubeObject } from '@quizboard/cdk8s/kinds/kind.ts'
import type { GeneratedSecret } from '@quizboard/cdk8s/secrets/generated.ts'
import type { Removal } from '../domain/changes.ts'
import type { PlannedEvent } from '../domain/events.ts'
import type { LiveObject, Observed } from '../domain/observed.ts'

export interface PlatformRef {
  namespace: string
  name: string
}

/** Every method may reject with a Refusal, which somebody has to act on, or with another error, which may pass by itself. */
export interface Cluster {
  /** The resource as it is stored; undefined: there is none. */
  getPlatform(ref: PlatformRef): LiveObject | undefined
  observe(platform: QuizPlatform, secretNames: readonly string[]): Promise<Observed>
  /** Makes it, unless it is there: a Secret is never changed. */
  makeSecret(platform: QuizPlatform, secret: GeneratedSecret): Promise<void>
  /** Server-side apply: repeating it is safe. Never takes over an object that is somebody else's. */
  apply(platform: QuizPlatform, object: KubeObject): Promise<void>
  /** Of one that is gone already, nothing. */
  remove(platform: QuizPlatform, removal: Removal): Promise<void>
  writeStatus(ref: PlatformRef, status: QuizPlatformStatus): Promise<void>
  /** Does not wait, never throws: Events are for people, and may be dropped. */
  tell(platform: QuizPlatform, events: readonly PlannedEvent[]): void
}

/** The API server said no, and would say so again. The message is for the platform's conditions. */
export class Refusal extends Error {
  /** CamelCase. */
  readonly reason: string
  constructor(reason: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.reason = reason
  }
}
