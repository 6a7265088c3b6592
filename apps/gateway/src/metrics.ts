/** What the gateway tells Prometheus. */
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Upstream } from './upstream.ts'

export interface GatewayMetrics {
  /** A request or a socket of this service could not be handed on, or its reply did not come. */
  unavailable(service: string): void
  /** Counts its replicas whenever it is asked for. */
  watch(service: string, upstream: Upstream): void
}

export const createGatewayMetrics = (metrics: Metrics): GatewayMetrics => {
  const unavailable = metrics.counter(
    'quizboard_gateway_unavailable_total',
    'Requests and sockets that no replica of the service took, or that it did not answer',
    ['backend'],
  )
  const replicas = metrics.gauge(
    'quizboard_gateway_replicas_ready',
    'Addresses of the service that say they are ready, or were ready when they last said anything',
    ['backend'],
  )
  const watched = new Map<string, Upstream>()
  Object.assign(replicas, {
    collect() {
      for (const [backend, upstream] of watched) replicas.set({ backend }, upstream.ready)
    },
  })
  return {
    unavailable: (backend) => unavailable.inc({ backend }),
    watch(backend, upstream) {
      unavailable.inc({ backend }, 0)
      watched.set(backend, upstream)
    },
  }
}
