/** Events in the API server: events.k8s.io/v1. */
import type { EventSink } from '../app/event-recorder.ts'
import { isNotFound } from './kube-error.ts'
import type { KubeHttp } from './kube-http.ts'
import { microTime } from './kube-times.ts'

const CONTROLLER = 'quizboard.dev/operator'

/** `instance`: of this process. */
export const createKubeEvents = (http: KubeHttp, instance: string): EventSink => {
  const collection = (namespace: string) => `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
  return {
    async create({ name, regarding, atMs, type, reason, action, note }) {
      const body = {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name, namespace: regarding.namespace },
        eventTime: microTime(atMs),
        reportingController: CONTROLLER,
        reportingInstance: instance.slice(0, 128),
        regarding,
        ...{ type, reason, action, note },
      }
      await http.send({ method: 'POST', path: collection(regarding.namespace), body })
    },
    async repeat({ namespace, name, count, atMs }) {
      try {
        await http.send({
          method: 'PATCH',
          path: `${collection(namespace)}/${name}`,
          contentType: 'application/merge-patch+json',
          body: { series: { count, lastObservedTime: microTime(atMs) } },
        })
        return true
      } catch (error) {
        if (isNotFound(error)) return false
        throw error
      }
    },
  }
}
