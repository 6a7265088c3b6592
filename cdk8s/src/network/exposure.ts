/** The way in from outside: an Ingress or an HTTPRoute, by path prefix straight to the services. */
import type { Construct } from 'constructs'
import type { ServiceName } from '../crd/status.ts'
import { type HttpRouteRule, httpRoute } from '../kinds/gateway-api.ts'
import { addObject } from '../kinds/kind.ts'
import { ingress } from '../kinds/kubernetes.ts'
import { type Build, labelsOf, nameOf, PORTS } from '../platform/build.ts'

/** The contract's paths; the first that fits, from the longest on. */
export const ROUTES: readonly { prefix: string; service: ServiceName }[] = [
  { prefix: '/api/v1/leaderboards', service: 'leaderboard-service' },
  { prefix: '/api/v1/answers', service: 'answer-service' },
  { prefix: '/api/v1', service: 'quiz-service' },
  { prefix: '/live', service: 'leaderboard-service' },
  { prefix: '/', service: 'gateway' },
]

type Exposed = Pick<Build, 'spec'>

/** Whether requests reach the services without the gateway between. */
export const isRouted = ({ spec: { exposure } }: Exposed): boolean =>
  exposure.ingress !== undefined || exposure.httpRoute !== undefined

/**
 * How many proxies are in front of a service. Routed by path, each service is behind the same ones as the gateway; otherwise the
 * gateway is one more. (Who calls the gateway's Service within the cluster while there is a route passes one proxy, too.)
 */
export const trustedProxies = (build: Exposed, service: ServiceName): number => {
  const routed = isRouted(build)
  const outside = build.spec.exposure.trustedProxies ?? (routed ? 1 : 0)
  return routed || service === 'gateway' ? outside : outside + 1
}

/** Where people reach it; undefined: nobody said. */
export const publicUrl = ({ spec: { exposure } }: Exposed): string | undefined => {
  const { publicUrl: told, ingress, httpRoute } = exposure
  if (told !== undefined) return told
  if (ingress?.host !== undefined) return `${ingress.tlsSecretName ? 'https' : 'http'}://${ingress.host}`
  if (httpRoute?.host !== undefined) return `${httpRoute.https ? 'https' : 'http'}://${httpRoute.host}`
  return undefined
}

/**
 * Sockets live for hours and a legal deck is over a megabyte; these controllers would cut both. Controllers that are not listed
 * (Traefik, Contour, Envoy) have no such limit by default. Unknown annotations mean nothing to the others.
 */
const FOR_CONTROLLERS: Record<string, string> = {
  'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
  'nginx.ingress.kubernetes.io/proxy-send-timeout': '3600',
  'nginx.ingress.kubernetes.io/proxy-body-size': '8m',
  'nginx.org/proxy-read-timeout': '3600s',
  'nginx.org/proxy-send-timeout': '3600s',
  'nginx.org/client-max-body-size': '8m',
  'haproxy.org/timeout-tunnel': '1h',
  'haproxy-ingress.github.io/timeout-tunnel': '1h',
  'alb.ingress.kubernetes.io/load-balancer-attributes': 'idle_timeout.timeout_seconds=3600',
  'alb.ingress.kubernetes.io/target-type': 'ip',
}

export const addIngress = (scope: Construct, build: Build): void => {
  const wanted = build.spec.exposure.ingress
  if (!wanted) return
  const { host, tlsSecretName, className, annotations } = wanted
  addObject(
    scope,
    ingress,
    { name: build.name, labels: labelsOf(build, 'platform'), annotations: { ...FOR_CONTROLLERS, ...annotations } },
    {
      spec: {
        ...(className && { ingressClassName: className }),
        ...(tlsSecretName && { tls: [{ secretName: tlsSecretName, ...(host && { hosts: [host] }) }] }),
        rules: [
          {
            ...(host && { host }),
            http: {
              paths: ROUTES.map(({ prefix, service }) => ({
                path: prefix,
                pathType: 'Prefix',
                backend: { service: { name: nameOf(build, service), port: { name: 'http' } } },
              })),
            },
          },
        ],
      },
    },
  )
}

/** A WebSocket is one request that never ends: no limit. */
const UNLIMITED = { request: '0s' }

export const addHttpRoute = (scope: Construct, build: Build): void => {
  const wanted = build.spec.exposure.httpRoute
  if (!wanted) return
  const rule = ({ prefix, service }: (typeof ROUTES)[number]): HttpRouteRule => ({
    matches: [{ path: { type: 'PathPrefix', value: prefix } }],
    backendRefs: [{ name: nameOf(build, service), port: PORTS.http }],
    ...(prefix === '/live' && { timeouts: UNLIMITED }),
  })
  addObject(
    scope,
    httpRoute,
    {
      name: build.name,
      labels: labelsOf(build, 'platform'),
      ...(wanted.annotations && { annotations: wanted.annotations }),
    },
    {
      spec: {
        parentRefs: wanted.parentRefs.map(({ name, namespace, sectionName, port }) => ({
          name,
          ...(namespace !== undefined && { namespace }),
          ...(sectionName !== undefined && { sectionName }),
          ...(port !== undefined && { port }),
        })),
        ...(wanted.host && { hostnames: [wanted.host] }),
        rules: ROUTES.map(rule),
      },
    },
  )
}
