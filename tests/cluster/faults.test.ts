import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import { KubeConfig } from '@kubernetes/client-node'
import { configMap, networkPolicy, service } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import type { Fields } from '@quizboard/cdk8s/testing/samples.ts'
import { createKubeHttp } from '@quizboard/operator/adapters/kube-http.ts'
import { createListWatch, type ListWatch } from '@quizboard/operator/adapters/list-watch.ts'
import { keyOf } from '@quizboard/operator/adapters/object-store.ts'
import { collectionPath } from '@quizboard/operator/adapters/paths.ts'
import { systemClock, systemRandom } from '@quizboard/shared/kit/system.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlatform, installDefinition, KINDS, openCluster, soon, type TestCluster } from './support/cluster.ts'
import {
  createOperatorPlace,
  type OperatorPlace,
  type OperatorProcess,
  startOperator,
} from './support/operator-process.ts'
import { openTcpProxy, type TcpProxy } from './support/tcp-proxy.ts'

let cluster: TestCluster
let proxy: TcpProxy
beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  proxy = await openTcpProxy(cluster.config.getCurrentCluster()?.server ?? '')
  cluster.after(() => proxy.close())
})
afterAll(() => cluster.close())

const RESTART = process.env.QUIZBOARD_RESTART_API_SERVER
const why = RESTART ? '' : ' (not tried: QUIZBOARD_RESTART_API_SERVER names no command that does it)'
const restartApiServer = async () => {
  await promisify(exec)(RESTART ?? 'false')
  await soon('the API server is back', async () => {
    try {
      await cluster.http.send({ method: 'GET', path: '/readyz/ping' }).catch((error) => {
        // It answers, in plain text.
        if (!(error instanceof SyntaxError)) throw error
      })
      return true
    } catch {
      return false
    }
  })
}
/** While the API server is away, a test waits as any client would. */
const patiently = async (work: () => Promise<unknown>) =>
  soon('the API server takes it', () =>
    work().then(
      () => true,
      () => false,
    ),
  )

describe('a copy of ConfigMaps, through a network that breaks', () => {
  let namespace: string
  let watch: ListWatch
  const seen = new Set<string>()
  const random = createSeededRandom(Number(process.env.SEED ?? Date.now() % 1_000_000))
  const metadata = (name: string) => ({ name, namespace, labels: { test: 'yes' } })
  const versions = (objects: Iterable<{ metadata: { name: string; resourceVersion?: string } }>) =>
    Object.fromEntries([...objects].map(({ metadata: { name, resourceVersion } }) => [name, resourceVersion]).sort())

  beforeAll(async () => {
    namespace = await cluster.namespace()
    const config = new KubeConfig()
    config.loadFromString(cluster.config.exportConfig())
    const known = cluster.config.getCurrentCluster()
    config.clusters = config.clusters.map((one) => ({
      ...one,
      server: proxy.server,
      tlsServerName: new URL(known?.server ?? '').hostname,
    }))
    const http = createKubeHttp({ config, userAgent: 'quizboard-tests', timeoutMs: 5_000 })
    watch = createListWatch({
      http,
      path: collectionPath(configMap, namespace),
      ...configMap,
      labelSelector: 'test=yes',
      onChange: ({ object }) => seen.add(keyOf(object)),
      clock: systemClock,
      random: systemRandom,
      settings: { backoffMs: { first: 50, most: 1_000 }, silenceMs: 3_000, pageSize: 5 },
    })
    cluster.after(async () => {
      await watch.stop()
      http.close()
    })
    watch.start()
  })

  const churn = async (rounds: number) => {
    for (let i = 0; i < rounds; i++) {
      const name = `map-${random.int(25)}`
      await patiently(async () => {
        if (random.chance(0.25)) return cluster.remove(configMap, namespace, name)
        return cluster.apply({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: metadata(name),
          data: { at: String(random.int(1e9)) },
        })
      })
    }
  }
  const agrees = async () => {
    await soon('the copy is what a list shows', async () => {
      const listed = await cluster.list(configMap, namespace, 'test=yes').catch(() => undefined)
      return listed && JSON.stringify(versions(listed)) === JSON.stringify(versions(watch.objects.values()))
    }).catch((error) => {
      throw new Error(`SEED=${random.seed}: ${error.message}`)
    })
    const listed = await cluster.list(configMap, namespace, 'test=yes')
    expect(listed.map(keyOf).filter((key) => !seen.has(key))).toEqual([])
  }

  it.each([
    ['nothing happens', async () => churn(30)],
    [
      'connections are reset',
      async () => {
        for (let i = 0; i < 5; i++) {
          await churn(5)
          proxy.cut()
          await churn(5)
        }
      },
    ],
    [
      'the network falls silent',
      async () => {
        proxy.hold(true)
        await churn(15)
        // The watch gives up by itself: what it had stays held.
        await new Promise((resolve) => setTimeout(resolve, 4_000))
        proxy.cut()
        proxy.hold(false)
      },
    ],
    [
      'no connection can be made for a while',
      async () => {
        proxy.refuse(true)
        proxy.cut()
        await churn(20)
        proxy.refuse(false)
      },
    ],
  ])('is whole after: %s', async (_, trouble) => {
    await trouble()
    await agrees()
  })

  it.skipIf(!RESTART)(`is whole after the API server restarts, in the middle of changes${why}`, async () => {
    for (let i = 0; i < 2; i++) {
      await churn(10)
      const restarting = restartApiServer()
      await churn(20)
      await restarting
      await churn(10)
    }
    await agrees()
    expect(watch.state).toBe('synced')
  })
})

describe('two replicas of the operator', () => {
  // Stores of somebody else: nothing has to run for a platform to be worked on.
  const SPEC: Fields = {
    kafka: { external: { bootstrapServers: ['kafka.example:9092'], createTopics: false } },
    mongodb: { external: { uri: { name: 'mongodb' } } },
    postgresql: { external: { uri: { name: 'postgresql' } } },
  }
  let namespace: string
  let place: OperatorPlace
  const replicas: OperatorProcess[] = []
  const start = async (options = {}) => {
    const replica = await startOperator(cluster, place, { env: { QUIZBOARD_LEASE_MS: '3000' }, ...options })
    replicas.push(replica)
    return replica
  }
  const leads = (replica: OperatorProcess) => replica.metric('leader_election_master_status').catch(() => 0)
  const leader = () =>
    soon('one of them leads', async () => {
      const leading = await Promise.all(
        replicas.map(async (replica) => ((await leads(replica)) === 1 ? [replica] : [])),
      )
      expect(leading.flat().length).toBeLessThanOrEqual(1)
      return leading.flat()[0]
    })
  const isWhole = (policies: number) =>
    soon('everything is there', async () => {
      const [services, all] = [await cluster.list(service, namespace), await cluster.list(networkPolicy, namespace)]
      return services.length === 4 && all.length === policies
    })
  const POLICIES = 7

  beforeAll(async () => {
    namespace = await cluster.namespace()
    place = await createOperatorPlace(cluster, [namespace])
    await start()
    await start()
  })

  it('one leads and the other is ready beside it', async () => {
    const first = await leader()
    await createPlatform(cluster, namespace, SPEC)
    await isWhole(POLICIES)
    for (const replica of replicas) expect((await fetch(`${replica.url}/readyz`)).ok).toBe(true)
    expect(await first.metric('controller_runtime_reconcile_total')).toBeGreaterThan(0)
  })

  it('the other takes over when the leader is killed, and does what was missed', async () => {
    const killed = await leader()
    await killed.kill()
    replicas.splice(replicas.indexOf(killed), 1)
    await cluster.remove(service, namespace, 'quizboard-gateway')
    await cluster.remove(networkPolicy, namespace, 'quizboard-default-deny')
    await isWhole(POLICIES)
    expect(await leader()).not.toBe(killed)
    const lease = await cluster.get(KINDS.lease, place.namespace, 'quizboard-operator')
    expect(lease?.spec).toMatchObject({ leaseTransitions: 1, renewTime: expect.stringMatching(/\.\d{6}Z$/) })
  })

  it('a leader that is stopped hands over at once', async () => {
    const second = await start()
    const stopped = await leader()
    expect(stopped).not.toBe(second)
    const before = Date.now()
    await stopped.stop()
    replicas.splice(replicas.indexOf(stopped), 1)
    expect(await leader()).toBe(second)
    // Sooner than by waiting for the lease to run out.
    expect(Date.now() - before).toBeLessThan(30_000)
  })

  it('one that is cut off from the API server stops leading before its lease has run out for others', async () => {
    const [alone] = replicas
    await alone?.stop()
    replicas.splice(0)
    const cutOff = await start({ server: proxy.server })
    await soon('it leads', async () => (await leads(cutOff)) === 1)
    const other = await start()
    proxy.refuse(true)
    proxy.cut()
    await soon('the other leads', async () => {
      const both = [await leads(cutOff), await leads(other)]
      expect(both).not.toEqual([1, 1])
      return both[1] === 1
    })
    proxy.refuse(false)
    replicas.splice(0, 1)
  })

  it.skipIf(!RESTART)(`nothing is missed when the API server restarts${why}`, async () => {
    await (await leader()).stop()
    replicas.splice(0)
    // Long enough for any restart: a leader that loses its lease ends, and here nobody would start it again.
    const replica = await start({ env: { QUIZBOARD_LEASE_MS: '60000' } })
    await leader()
    const restarting = restartApiServer()
    await patiently(() => cluster.remove(service, namespace, 'quizboard-quiz-service'))
    await restarting
    await patiently(() => cluster.patch(networkPolicy, namespace, 'quizboard-gateway', { spec: { egress: null } }))
    await isWhole(POLICIES)
    await soon('what was changed is put right', async () => {
      const live = await cluster.get(networkPolicy, namespace, 'quizboard-gateway')
      return JSON.stringify(live?.spec).includes('egress')
    })
    expect((await fetch(`${replica.url}/livez`)).ok).toBe(true)
  })

  it('what a platform is at the end is what a new operator would make of it', async () => {
    const before = await cluster.list(networkPolicy, namespace)
    await (await leader()).stop()
    replicas.splice(0)
    const fresh = await start()
    await soon('it leads', async () => (await leads(fresh)) === 1)
    await soon('it has looked', async () => (await fresh.metric('controller_runtime_reconcile_total')) > 0)
    const after = await cluster.list(networkPolicy, namespace)
    const versions = (list: typeof after) => list.map(({ metadata }) => metadata.resourceVersion)
    expect(versions(after)).toEqual(versions(before))
  })
})
