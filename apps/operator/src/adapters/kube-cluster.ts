/** The cluster behind the reconciler: copies for reading, the API server for writing and for Secrets. */
import type { QuizPlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import { API_VERSION, KIND, PLURAL } from '@quizboard/cdk8s/crd/quiz-platform.ts'
import { kindOfObject } from '@quizboard/cdk8s/kinds/all.ts'
import { DATA_LABEL, type KubeObject, kindOf } from '@quizboard/cdk8s/kinds/kind.ts'
import { labelsOf, PART_OF } from '@quizboard/cdk8s/platform/build.ts'
import type { GeneratedSecret } from '@quizboard/cdk8s/secrets/generated.ts'
import { makeSecret } from '@quizboard/cdk8s/secrets/make-secret.ts'
import { signingKey } from '@quizboard/cdk8s/secrets/names.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import type { EventRecorder, Regarding } from '../app/event-recorder.ts'
import { idOf, type LiveObject } from '../domain/observed.ts'
import { buildOf, MANAGED_BY, ownerOf } from '../domain/plan.ts'
import { podTroubles } from '../domain/pod-trouble.ts'
import { type Cluster, Refusal } from '../ports/cluster.ts'
import { isConflict, isNotFound, isTransient, KubeError } from './kube-error.ts'
import type { KubeHttp } from './kube-http.ts'
import { publicKeysOf, type SecretData, secretFacts } from './observe-secrets.ts'
import { collectionPath, objectPath } from './paths.ts'
import type { Watches } from './watches.ts'

const secretKind = kindOf('v1', 'Secret', 'secrets')
const podKind = kindOf('v1', 'Pod', 'pods')
const platformKind = kindOf(API_VERSION, KIND, PLURAL)

export interface KubeClusterOptions {
  http: KubeHttp
  watches: Watches
  events: EventRecorder
  version: string
  clock: Clock
  random: Random
}

export const createKubeCluster = (options: KubeClusterOptions): Cluster => {
  const { http, watches, events, version, clock, random } = options

  const get = async (path: string): Promise<LiveObject | undefined> => {
    try {
      return (await http.send({ method: 'GET', path })) as LiveObject
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
  const applyPatch = (path: string, body: object) =>
    http.send({
      method: 'PATCH',
      path,
      query: { fieldManager: MANAGED_BY, force: 'true' },
      // JSON is YAML; the name is that of server-side apply.
      contentType: 'application/apply-patch+yaml',
      body,
    })
  const readSecret = async (namespace: string, name: string): Promise<SecretData | undefined> => {
    const secret = await refusing(`Secret ${name}`, () => get(objectPath(secretKind, namespace, name)))
    return secret && ((secret.data ?? {}) as SecretData)
  }
  const listPods = async ({ metadata: { namespace, name } }: QuizPlatform): Promise<LiveObject[]> => {
    const labelSelector = `app.kubernetes.io/instance=${name},app.kubernetes.io/part-of=${PART_OF}`
    const path = collectionPath(podKind, namespace)
    const { items = [] } = (await http.send({ method: 'GET', path, query: { labelSelector, limit: '500' } })) as {
      items?: LiveObject[]
    }
    return items
  }

  return {
    getPlatform: (ref) => watches.platform(ref),

    async observe(platform, secretNames) {
      const { namespace } = platform.metadata
      const objects = new Map(watches.objectsOf(platform.metadata).map((object) => [idOf(object), object]))
      const secrets = new Map(
        await Promise.all(secretNames.map(async (name) => [name, await readSecret(namespace, name)] as const)),
      )
      const keyRef = signingKey(buildOf(platform, { secrets: new Map() }, { version }))
      const pods = [...objects.values()].some(hasUnreadyPods)
        ? await refusing('the list of pods', () => listPods(platform))
        : []
      return {
        now: clock.now(),
        objects,
        kindState: (kind) => watches.kindState(kind, namespace),
        secrets: new Map([...secrets].map(([name, data]) => [name, data && secretFacts(data)])),
        publicKeys: publicKeysOf(secrets.get(keyRef.name), keyRef, clock),
        podTroubles: podTroubles(pods),
      }
    },

    async makeSecret(platform, secret) {
      const { namespace } = platform.metadata
      const body = await secretObject(platform, secret, random, version)
      await refusing(`Secret ${secret.name}`, async () => {
        try {
          await http.send({ method: 'POST', path: collectionPath(secretKind, namespace), body })
        } catch (error) {
          // There already: somebody was faster, and what is there stays.
          if (!isConflict(error)) throw error
        }
      })
    },

    async apply(platform, object) {
      const { namespace, name } = platform.metadata
      const path = objectPath(kindOfObject(object), namespace, object.metadata.name)
      await refusing(`${object.kind} ${object.metadata.name}`, async () => {
        // Not in our copy: it is new, or it is somebody's whose name we would take.
        const isKnown = watches.objectsOf({ namespace, name }).some((live) => idOf(live) === idOf(object))
        const found = isKnown ? undefined : await get(path)
        if (found && !isOurs(found, platform)) throw takenName(object, found)
        await applyPatch(path, object)
      })
    },

    async remove(platform, { apiVersion, kind, name, uid }) {
      const path = objectPath(kindOfObject({ apiVersion, kind }), platform.metadata.namespace, name)
      await refusing(`${kind} ${name}`, async () => {
        try {
          // Background: a Job's pods go, too. The uid: only the object that was looked at.
          const body = { propagationPolicy: 'Background', preconditions: { uid } }
          await http.send({ method: 'DELETE', path, body })
        } catch (error) {
          if (!isNotFound(error) && !isConflict(error)) throw error
        }
      })
    },

    async writeStatus({ namespace, name }, status) {
      const path = `${objectPath(platformKind, namespace, name)}/status`
      try {
        await applyPatch(path, { apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace }, status })
      } catch (error) {
        // Deleted meanwhile.
        if (!isNotFound(error)) throw error
      }
    },

    tell({ metadata: { namespace, name, uid } }, planned) {
      const regarding: Regarding = { apiVersion: API_VERSION, kind: KIND, namespace, name, uid }
      for (const event of planned) events.record(regarding, event)
    },
  }
}

/** What the API server will not have, in its own words, becomes a Refusal; what may pass stays as it is. */
const refusing = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof KubeError) || isTransient(error)) throw error
    const reason = error.status === 403 ? 'Forbidden' : 'Refused'
    throw new Refusal(reason, `the API server refuses ${what}: ${error.message}`)
  }
}

/** By our labels, or because it was applied by us and somebody took the labels off. */
const isOurs = ({ metadata }: LiveObject, platform: QuizPlatform): boolean => {
  const { labels = {}, managedFields = [] } = metadata
  const labelled = labels['app.kubernetes.io/managed-by'] === MANAGED_BY
  const instance = labels['app.kubernetes.io/instance']
  if (labelled) return instance === platform.metadata.name
  return managedFields.some(({ manager }) => manager === MANAGED_BY)
}

const takenName = ({ kind, metadata: { name } }: KubeObject, { metadata: { labels = {} } }: LiveObject): Refusal => {
  const by = labels['app.kubernetes.io/managed-by']
  return new Refusal(
    'NameTaken',
    `${kind} ${name} is there already and is not this platform's${by ? ` (managed by ${by})` : ''}: delete or rename it, or give the platform another name`,
  )
}

/** Then it is worth to look at pods. */
const hasUnreadyPods = ({ kind, spec, status = {} }: LiveObject): boolean => {
  const { replicas = 1 } = (spec ?? {}) as { replicas?: number }
  const { readyReplicas = 0, updatedReplicas = 0, replicas: all = 0 } = status
  if (kind === 'Deployment' || kind === 'StatefulSet')
    return readyReplicas < Math.max(all, replicas) || updatedReplicas < replicas
  return kind === 'Job' && (status.succeeded ?? 0) === 0
}

const secretObject = async (platform: QuizPlatform, secret: GeneratedSecret, random: Random, version: string) => {
  const { namespace } = platform.metadata
  const build = buildOf(platform, { secrets: new Map() }, { version })
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name: secret.name,
      namespace,
      labels: { ...labelsOf(build, 'platform'), [DATA_LABEL]: 'true' },
      annotations: { 'quizboard.dev/about': secret.about },
      // Kept with the data that it opens.
      ...(platform.spec.deletionPolicy === 'Delete' && { ownerReferences: [ownerOf(platform)] }),
    },
    stringData: await makeSecret(secret, random),
  }
}
