/** A service of the platform: Deployment, Service, autoscaling, disruption budget. */
import { Construct } from 'constructs'
import type { ServiceName } from '../crd/status.ts'
import { addObject } from '../kinds/kind.ts'
import { deployment, podDisruptionBudget, service } from '../kinds/kubernetes.ts'
import { type Build, labelsOf, nameOf, PORTS, selectorLabels } from '../platform/build.ts'
import { addAutoscaling } from './autoscaling.ts'
import { FIELDS, imageOf } from './images.ts'
import { httpProbe, mergePods, podTemplate, versionLabel } from './pod.ts'
import { digest } from './runtime.ts'
import { HOLDS_SOCKETS, serviceRuntime } from './service-runtime.ts'

/** After the leave delay the leaderboard-service hands its partitions over, which takes up to 15 s; answers in flight take less. */
const GRACE_S = 60

/** Of a Deployment's pod template as it was wanted: whether applying it would roll the pods. */
export const TEMPLATE_HASH = 'quizboard.dev/template-hash'

export class ServiceWorkload extends Construct {
  constructor(scope: Construct, build: Build, component: ServiceName) {
    super(scope, component)
    const name = nameOf(build, component)
    const labels = labelsOf(build, component)
    const selector = selectorLabels(build, component)
    this.#addDeployment(build, component)
    addObject(
      this,
      service,
      { name, labels, ...gatewayAnnotations(build, component) },
      {
        spec: {
          type: component === 'gateway' ? build.spec.gateway.service.type : 'ClusterIP',
          selector,
          ports: portsOf(component).map(({ name: port, containerPort }) => ({
            name: port,
            port: containerPort,
            targetPort: port,
          })),
        },
      },
    )
    addAutoscaling(this, build, component)
    addObject(
      this,
      podDisruptionBudget,
      { name, labels },
      { spec: { maxUnavailable: 1, selector: { matchLabels: selector } } },
    )
  }

  #addDeployment(build: Build, component: ServiceName): void {
    const name = nameOf(build, component)
    const wanted = build.spec[FIELDS[component]]
    const image = imageOf(build, component)
    const template = podTemplate(build, {
      component,
      pods: mergePods(build.spec.pods, wanted.pods),
      image,
      resources: wanted.resources,
      runtime: serviceRuntime(build, component),
      container: { ports: portsOf(component), ...PROBES },
      pod: { terminationGracePeriodSeconds: GRACE_S },
    })
    addObject(
      this,
      deployment,
      {
        name,
        labels: { ...labelsOf(build, component), ...versionLabel(image) },
        annotations: { [TEMPLATE_HASH]: digest(JSON.stringify(template)) },
      },
      {
        spec: {
          // An autoscaler's to set, if there is one.
          ...(wanted.autoscaling === undefined && { replicas: wanted.replicas }),
          selector: { matchLabels: selectorLabels(build, component) },
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: surgeOf(component) } },
          minReadySeconds: 2,
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: 600,
          template,
        },
      },
    )
  }
}

/**
 * New pods take over before old ones go. Where players' sockets are, all new ones come first: the old ones then leave together, within
 * their leave delay, so whoever is sent away from one comes to a new one at once, and not to the next that goes.
 */
const surgeOf = (component: ServiceName) => (HOLDS_SOCKETS.has(component) ? '100%' : 1)

const gatewayAnnotations = ({ spec }: Build, component: ServiceName) => {
  const { annotations } = spec.gateway.service
  return component === 'gateway' && annotations ? { annotations } : {}
}

/** The gateway talks to the others, nobody to it: it has no internal port. */
const portsOf = (component: ServiceName) =>
  Object.entries(PORTS)
    .filter(([name]) => name !== 'internal' || component !== 'gateway')
    .map(([name, containerPort]) => ({ name, containerPort }))

const PROBES = {
  // Alive as soon as it turns its event loop: long before it is ready.
  startupProbe: httpProbe('/livez', 'metrics', { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 60 }),
  // A restart loses every socket: only after a minute of silence.
  livenessProbe: httpProbe('/livez', 'metrics', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
  readinessProbe: httpProbe('/readyz', 'metrics', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 }),
}
