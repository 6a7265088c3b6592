/** The part of the Gateway API that we use; tests hold it against the real schema. */
import { kindOf } from './kind.ts'

export interface HttpRouteRule {
  matches: { path: { type: 'PathPrefix'; value: string } }[]
  backendRefs: { name: string; port: number }[]
  timeouts?: { request: string }
}
export const httpRoute = kindOf<{
  spec: {
    parentRefs: { name: string; namespace?: string; sectionName?: string; port?: number }[]
    hostnames?: string[]
    rules: HttpRouteRule[]
  }
}>('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes', { from: 'the Gateway API' })
