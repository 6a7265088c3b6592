/**
 * An API server with one collection, for tests of the watch: real HTTP on loopback, resource versions, a log that forgets, pages,
 * bookmarks; and faults on demand. It knows nothing of schemas.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node'
import type { LiveObject } from '../domain/observed.ts'

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'
interface LogEntry {
  version: number
  type: EventType
  object: LiveObject
}

export interface FakeApiServer {
  config: KubeConfig
  /** As the collection is now. */
  readonly objects: ReadonlyMap<string, LiveObject>
  readonly openWatches: number
  readonly lists: number
  put(name: string, fields?: object): void
  delete(name: string): void
  /** Watches that begin before the present version are answered by 410, in one of two ways. */
  forget(): void
  /** Ends every watch: `reset` breaks the connection, also in the middle of a line; `end` is orderly. */
  cut(how: 'reset' | 'half a line' | 'end'): void
  /** An event to every watch, as the server sends it in trouble. */
  sendError(code: number): void
  sendBookmark(): void
  sendGarbage(): void
  /** Watches are sent nothing any more, and stay open. */
  silence(on: boolean): void
  /** Every request is answered so; undefined: as it should be. */
  answer: { status: number; retryAfterS?: number } | undefined
  /** Before an answer begins. */
  slownessMs: number
  /** Whether an expired version shows in the answer's status or in an event. */
  goneAsEvent: boolean
  /** The collection's kind is not there. */
  missing: boolean
  stop(): Promise<void>
  /** Again on the same port, with the same objects. */
  restart(): Promise<void>
}

export const PATH = '/apis/test/v1/namespaces/school/things'

export const startFakeApiServer = async (): Promise<FakeApiServer> => {
  const objects = new Map<string, LiveObject>()
  let log: LogEntry[] = []
  let version = 100
  let oldest = 0
  let silent = false
  let lists = 0
  const watches = new Set<ServerResponse>()
  const status = (code: number, reason: string) => ({ kind: 'Status', code, reason, message: `${reason} (${code})` })
  const send = (res: ServerResponse, code: number, body: object) => {
    res.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const line = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`
  const publish = (type: EventType, object: LiveObject) => {
    log.push({ version, type, object })
    if (!silent) for (const watch of watches) watch.write(line(type, object))
  }

  const list = (res: ServerResponse, query: URLSearchParams) => {
    lists++
    const all = [...objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    const [start = 0, asOf = version] = (query.get('continue') ?? '').split('/').filter(Boolean).map(Number)
    // Pages are of one moment; this server does not remember it once something has changed.
    if (query.has('continue') && asOf !== version) return send(res, 410, status(410, 'Expired'))
    const limit = Number(query.get('limit') ?? all.length) || all.length
    const items = all.slice(start, start + limit).map(({ apiVersion: _, kind: __, ...rest }) => rest)
    const more = start + limit < all.length ? `${start + limit}/${version}` : undefined
    send(res, 200, { kind: 'ThingList', metadata: { resourceVersion: String(version), continue: more }, items })
  }
  const watch = (res: ServerResponse, query: URLSearchParams) => {
    const from = Number(query.get('resourceVersion'))
    if (from < oldest) {
      if (!server.goneAsEvent) return send(res, 410, status(410, 'Expired'))
      res.writeHead(200).end(line('ERROR', status(410, 'Expired')))
      return
    }
    res.writeHead(200, { 'content-type': 'application/json' })
    res.flushHeaders()
    for (const entry of log) if (entry.version > from && !silent) res.write(line(entry.type, entry.object))
    watches.add(res)
    const timer = setTimeout(() => res.end(), Number(query.get('timeoutSeconds') ?? 300) * 1_000)
    res.on('close', () => {
      clearTimeout(timer)
      watches.delete(res)
    })
  }
  const handle = (req: IncomingMessage, res: ServerResponse) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://fake')
    if (server.answer) {
      const { status: code, retryAfterS } = server.answer
      if (retryAfterS !== undefined) res.setHeader('retry-after', String(retryAfterS))
      return send(res, code, status(code, 'Told'))
    }
    if (server.missing || pathname !== PATH) return send(res, 404, status(404, 'NotFound'))
    return searchParams.has('watch') ? watch(res, searchParams) : list(res, searchParams)
  }
  const listen = () =>
    createServer((req, res) => {
      setTimeout(() => handle(req, res), server.slownessMs)
    })
  let http = listen()
  const open = (port: number) => new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))

  const server: FakeApiServer = {
    config: new KubeConfig(),
    objects,
    get openWatches() {
      return watches.size
    },
    get lists() {
      return lists
    },
    put(name, fields = {}) {
      const known = objects.get(name)
      version++
      const object: LiveObject = {
        apiVersion: 'test/v1',
        kind: 'Thing',
        metadata: {
          name,
          namespace: 'school',
          uid: known?.metadata.uid ?? `uid-${version}`,
          resourceVersion: String(version),
        },
        ...fields,
      }
      objects.set(name, object)
      publish(known ? 'MODIFIED' : 'ADDED', object)
    },
    delete(name) {
      const known = objects.get(name)
      if (!known) return
      version++
      objects.delete(name)
      publish('DELETED', { ...known, metadata: { ...known.metadata, resourceVersion: String(version) } })
    },
    forget() {
      log = []
      oldest = version
    },
    cut(how) {
      for (const one of [...watches]) {
        watches.delete(one)
        if (how === 'end') one.end()
        else {
          if (how === 'half a line') one.write('{"type":"ADDED","obj')
          setImmediate(() => one.destroy())
        }
      }
    },
    sendError(code) {
      for (const one of watches) one.write(line('ERROR', status(code, code === 410 ? 'Expired' : 'InternalError')))
    },
    sendBookmark() {
      const object = { kind: 'Thing', metadata: { resourceVersion: String(version) } }
      for (const one of watches) one.write(line('BOOKMARK', object))
    },
    sendGarbage() {
      for (const one of watches) one.write('<html>a proxy says hello</html>\n')
    },
    silence(on) {
      silent = on
    },
    answer: undefined,
    slownessMs: 0,
    goneAsEvent: false,
    missing: false,
    async stop() {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      http.closeAllConnections()
      await closed
    },
    async restart() {
      await server.stop()
      http = listen()
      await open(port)
    },
  }
  await open(0)
  const { port } = http.address() as AddressInfo
  server.config.loadFromClusterAndUser(
    // The library refuses plain HTTP unless told so.
    { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test' },
  )
  return server
}
