/** How the product is reached, and what else may reach it. */
import { z } from 'zod'
import { annotations, count, hostName, labels, list, objectName } from './fields.ts'
import { withRules } from './rule.ts'

const ingress = () =>
  z.strictObject({
    host: hostName().optional().describe('host name; default: any'),
    tlsSecretName: objectName().optional().describe('Secret with the certificate of the host'),
    className: objectName().optional().describe('ingress class; default: the cluster’s'),
    annotations: annotations().optional().describe('annotations; they win over ours for WebSockets and large bodies'),
  })

const parentRef = z.strictObject({
  name: objectName().describe('name of the Gateway'),
  namespace: objectName().optional().describe('its namespace; default: the QuizPlatform’s'),
  sectionName: objectName().optional().describe('its listener; default: all that fit'),
  port: count(1, 65_535).optional().describe('the listener’s port'),
})

const httpRoute = () =>
  z.strictObject({
    parentRefs: list(parentRef, 8).min(1).describe('Gateways that route to us'),
    host: hostName().optional().describe('host name; default: the listener’s'),
    https: z.boolean().default(true).describe('whether people reach it by https (for links)'),
    annotations: annotations().optional().describe('annotations of the HTTPRoute'),
  })

export type Exposure = z.output<ReturnType<typeof exposure>>
export const exposure = () =>
  withRules(
    z.strictObject({
      ingress: ingress().optional().describe('an Ingress, by path straight to the services'),
      httpRoute: httpRoute().optional().describe('an HTTPRoute of the Gateway API, by path straight to the services'),
      publicUrl: z
        .string()
        .max(300)
        .regex(/^https?:\/\/[^\s/]+(\/[^\s]*)?$/, 'must be a URL that begins with http:// or https://')
        .optional()
        .describe('how people reach it, for join links; default: by the host, if there is one'),
      trustedProxies: count(0, 9)
        .optional()
        .describe(
          'proxies in front of what is exposed, for clients’ addresses; default: 1 with ingress or httpRoute, else 0',
        ),
    }),
    {
      cel: '!(has(self.ingress) && has(self.httpRoute))',
      message: 'exposure: choose ingress or httpRoute, not both',
      holds: ({ ingress, httpRoute }) => ingress === undefined || httpRoute === undefined,
    },
  )

const namespaces = () => list(z.strictObject({ matchLabels: labels().describe('labels of the namespaces') }), 10)

export type NetworkPolicies = z.output<ReturnType<typeof networkPolicies>>
export const networkPolicies = () =>
  z
    .strictObject({
      enabled: z.boolean().default(true).describe('deny everything, then allow what the services need'),
      ingressNamespaces: namespaces()
        .default([])
        .describe('namespaces that may open the public ports (of the ingress controller, say); default: anybody'),
      prometheusNamespaces: namespaces()
        .default([])
        .describe(
          'namespaces that may scrape metrics; default: pods labelled app.kubernetes.io/name=prometheus, anywhere',
        ),
      dnsNamespaces: namespaces()
        .default([{ matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } }])
        .describe('namespaces of the cluster’s DNS'),
    })
    .prefault({})

export type Monitoring = z.output<ReturnType<typeof monitoring>>
export const monitoring = () =>
  z
    .strictObject({
      serviceMonitors: z
        .boolean()
        .default(false)
        .describe('ServiceMonitors of the services, PodMonitors of Kafka and PostgreSQL'),
      rules: z.boolean().default(false).describe('alert and recording rules as a PrometheusRule'),
      dashboards: z
        .boolean()
        .default(false)
        .describe('the dashboard as a ConfigMap with the label grafana_dashboard: "1", for the side-car of Grafana'),
      labels: labels().optional().describe('labels by which Prometheus finds them: release: …'),
      interval: z
        .string()
        .max(10)
        .regex(/^[1-9][0-9]{0,3}(s|m)$/, 'must be a duration such as 15s')
        .default('15s')
        .describe('how often Prometheus scrapes'),
    })
    .prefault({})
