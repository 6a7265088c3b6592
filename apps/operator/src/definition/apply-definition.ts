/** Brings the definition of QuizPlatform in the cluster up to date, and waits until it is served. */
import { kindOf } from '@quizboard/cdk8s/kinds/kind.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { Trouble } from '@quizboard/shared/process/trouble.ts'
import { isNotFound, isTransient, KubeError } from '../adapters/kube-error.ts'
import type { KubeHttp } from '../adapters/kube-http.ts'
import { collectionPath } from '../adapters/paths.ts'
import { type Definition, FIELD_MANAGER, isServed, ownersToKeep, planDefinition } from './plan-definition.ts'

const COLLECTION = collectionPath(
  kindOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions'),
  undefined,
)
const RETRY_MS = 1_000

interface Options {
  http: Pick<KubeHttp, 'send'>
  definition: Definition
  clock: Pick<Clock, 'monotonic' | 'sleep'>
  limitMs: number
  say(line: string): void
}

/** What the definition and its rules were made for. */
const LEAST = { major: 1, minor: 30 }

const requireVersion = async (http: Options['http']): Promise<void> => {
  const { major, minor } = (await http.send({ method: 'GET', path: '/version' })) as { major: string; minor: string }
  // Some add a letter or a plus to the minor one.
  const [first, second] = [Number.parseInt(major, 10), Number.parseInt(minor, 10)]
  if (first > LEAST.major || (first === LEAST.major && second >= LEAST.minor)) return
  throw new Trouble(`Kubernetes ${major}.${minor} is too old: Quizboard needs ${LEAST.major}.${LEAST.minor} or newer.`)
}

/** Rejects with Trouble if it is refused, if the cluster is too old, and if it takes longer than `limitMs`. */
export const applyDefinition = async ({ http, definition, clock, limitMs, say }: Options): Promise<void> => {
  const { name } = definition.metadata
  const path = `${COLLECTION}/${name}`
  const deadline = clock.monotonic() + limitMs

  const read = async (): Promise<Definition | undefined> => {
    try {
      return (await http.send({ method: 'GET', path })) as Definition
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
  /** Somebody else's change meanwhile is a conflict, and looked at again. */
  const disown = async (applied: Definition) => {
    const managedFields = ownersToKeep(applied)
    if (managedFields === undefined) return
    const { resourceVersion } = applied.metadata
    const body = [
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'replace', path: '/metadata/managedFields', value: managedFields },
    ]
    await http.send({ method: 'PATCH', path, contentType: 'application/json-patch+json', body })
  }
  const bring = async () => {
    const plan = planDefinition(await read(), definition)
    switch (plan.action) {
      case 'keep':
        return say(`Kept: ${plan.why}.`)
      case 'refuse':
        throw new Trouble(`${name} is left as it is: ${plan.why}.`)
      case 'apply': {
        const applied = (await http.send({
          method: 'PATCH',
          path,
          query: { fieldManager: FIELD_MANAGER, force: 'true', fieldValidation: 'Strict' },
          contentType: 'application/apply-patch+yaml',
          body: definition,
        })) as Definition
        await disown(applied)
        return say(plan.from === undefined ? `Made ${name}.` : `Brought ${name} from ${plan.from} to this version.`)
      }
    }
  }
  /** Again, for as long as it may help: somebody else wrote at the same time, the API server is starting. */
  const insist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (error instanceof Trouble) throw error
        if (!isTransient(error) || clock.monotonic() > deadline) throw new Trouble(wordsOf(error, name))
      }
      await clock.sleep(RETRY_MS)
    }
  }

  await insist(() => requireVersion(http))
  await insist(bring)
  while (!isServed(await insist(read))) {
    if (clock.monotonic() > deadline)
      throw new Trouble(`${name} is not served after ${limitMs / 1_000} s: kubectl describe crd ${name}`)
    await clock.sleep(RETRY_MS)
  }
  say('It is served.')
}

const wordsOf = (error: unknown, name: string): string => {
  const words = error instanceof Error ? error.message : String(error)
  return error instanceof KubeError && error.status === 403
    ? `No right to change ${name}: ${words}`
    : `${name} could not be brought up to date: ${words}`
}
