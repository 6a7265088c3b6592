/**
 * HTTP to the API server: raw JSON both ways, since typed clients drop fields that they do not know. The library gives the
 * configuration and the log-in (kubeconfig, service account, exec plug-ins); connections are kept alive and made anew when their
 * certificates change.
 */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions as TlsOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { KubeError, kubeErrorOf } from './kube-error.ts'

export interface KubeRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | undefined>>
  body?: unknown
  /** Default application/json. Server-side apply has its own. */
  contentType?: string
}

export interface KubeHttp {
  /** The answer's JSON. Rejects with KubeError for any answer that is not 2xx, and for none in time. */
  send(request: KubeRequest): Promise<unknown>
  /** Calls `onLine` for each line of the answer; resolves when the server ends it, rejects when it breaks or `signal` aborts. */
  stream(request: KubeRequest, options: { signal: AbortSignal; onLine(line: string): void }): Promise<void>
  close(): void
}

export interface KubeHttpOptions {
  config: KubeConfig
  userAgent: string
  /** For a whole request and answer; of a stream, until the answer begins. Default 30 s. */
  timeoutMs?: number
  /** Code 0: there was no answer. */
  onAnswer?(told: { method: string; code: number; host: string }): void
}

/** A page of a list is far below it, a single line of a watch, too. */
const ANSWER_MAX_BYTES = 64 * 1024 * 1024

/** The parts of the options that decide about a connection. */
const TLS_FIELDS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const

export const createKubeHttp = (options: KubeHttpOptions): KubeHttp => {
  const { config, userAgent, timeoutMs = 30_000, onAnswer = () => {} } = options
  const agents = createAgents()

  const open = async (
    { method, path, query, body, contentType }: KubeRequest,
    signal: AbortSignal,
  ): Promise<IncomingMessage> => {
    const cluster = config.getCurrentCluster()
    if (!cluster) throw new Error('the kubeconfig has no current cluster')
    const url = new URL(cluster.server.replace(/\/$/, '') + path)
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, value)
    const login: TlsOptions = {}
    await config.applyToHTTPSOptions(login as never)
    const text = body === undefined ? undefined : JSON.stringify(body)
    const request: RequestOptions = {
      method,
      signal,
      // A proxy is the library's to reach.
      agent: cluster.proxyUrl ? (login.agent as HttpAgent) : agents.of(url.protocol, login),
      ...(login.auth && { auth: login.auth }),
      headers: {
        ...login.headers,
        accept: 'application/json',
        'user-agent': userAgent,
        ...(text !== undefined && {
          'content-type': contentType ?? 'application/json',
          'content-length': Buffer.byteLength(text),
        }),
      },
    }
    try {
      const response = await respond(url, request, text)
      onAnswer({ method, code: response.statusCode ?? 0, host: url.host })
      return response
    } catch (error) {
      onAnswer({ method, code: 0, host: url.host })
      throw error
    }
  }

  const checked = async (request: KubeRequest, response: IncomingMessage): Promise<IncomingMessage> => {
    const { statusCode = 0 } = response
    if (statusCode >= 200 && statusCode < 300) return response
    throw kubeErrorOf(
      statusCode,
      await readAll(response),
      `${request.method} ${request.path}`,
      response.headers['retry-after'],
    )
  }

  return {
    async send(request) {
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const text = await readAll(await checked(request, await open(request, signal)))
        return text === '' ? undefined : JSON.parse(text)
      } catch (error) {
        if (signal.aborted)
          throw new KubeError(`no answer within ${timeoutMs} ms to ${request.method} ${request.path}`, 0)
        throw error
      }
    },
    async stream(request, { signal, onLine }) {
      const late = new AbortController()
      const timer = setTimeout(() => late.abort(), timeoutMs)
      try {
        const both = AbortSignal.any([signal, late.signal])
        const response = await checked(request, await open(request, both))
        clearTimeout(timer)
        await readLines(response, onLine)
      } catch (error) {
        if (late.signal.aborted)
          throw new KubeError(`no answer within ${timeoutMs} ms to a watch of ${request.path}`, 0)
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => agents.close(),
  }
}

const respond = (url: URL, options: RequestOptions, body: string | undefined): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest
    const request: ClientRequest = send(url, options)
    request.once('response', resolve).once('error', reject).end(body)
  })

const readAll = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > ANSWER_MAX_BYTES) throw new Error(`an answer of more than ${ANSWER_MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const readLines = async (response: IncomingMessage, onLine: (line: string) => void): Promise<void> => {
  response.setEncoding('utf8')
  let rest = ''
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > ANSWER_MAX_BYTES) throw new Error(`a line of more than ${ANSWER_MAX_BYTES} characters`)
    for (const line of lines) if (line !== '') onLine(line)
  }
  if (rest !== '') throw new Error('the answer ends in the middle of a line')
}

/** Connections that outlive a request. Certificates that are renewed get a pool of their own; what runs on the old one ends there. */
const createAgents = () => {
  const plain = new HttpAgent({ keepAlive: true })
  const agents: HttpAgent[] = [plain]
  let known: { key: string; agent: HttpsAgent } | undefined
  return {
    of(protocol: string, login: TlsOptions): HttpAgent {
      if (protocol === 'http:') return plain
      const tls = Object.fromEntries(TLS_FIELDS.map((field) => [field, login[field]]))
      const key = TLS_FIELDS.map((field) => String(login[field] ?? '')).join('\n')
      if (known?.key === key) return known.agent
      known = { key, agent: new HttpsAgent({ ...tls, keepAlive: true, keepAliveMsecs: 30_000 }) }
      agents.push(known.agent)
      return known.agent
    },
    close() {
      for (const agent of agents) agent.destroy()
    },
  }
}
