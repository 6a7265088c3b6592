/** Every kind of object that a platform is made of: what is watched, applied and pruned, and what rights that takes. */
import { cnpgCluster, mongodbCommunity } from './databases.ts'
import { httpRoute } from './gateway-api.ts'
import type { Kind } from './kind.ts'
import {
  configMap,
  deployment,
  horizontalPodAutoscaler,
  ingress,
  job,
  networkPolicy,
  podDisruptionBudget,
  service,
  statefulSet,
} from './kubernetes.ts'
import { podMonitor, prometheusRule, scaledObject, serviceMonitor } from './monitoring.ts'
import { kafka, kafkaNodePool, kafkaTopic, kafkaUser } from './strimzi.ts'

export const MANAGED_KINDS: readonly Kind[] = [
  configMap,
  service,
  deployment,
  statefulSet,
  job,
  horizontalPodAutoscaler,
  podDisruptionBudget,
  networkPolicy,
  ingress,
  kafka,
  kafkaNodePool,
  kafkaTopic,
  kafkaUser,
  mongodbCommunity,
  cnpgCluster,
  scaledObject,
  serviceMonitor,
  podMonitor,
  prometheusRule,
  httpRoute,
]

const byKind = new Map(MANAGED_KINDS.map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]))

/** Throws for a kind that is not in the table: nothing is applied for which no rights are asked. */
export const kindOfObject = ({ apiVersion, kind }: { apiVersion: string; kind: string }): Kind => {
  const known = byKind.get(`${apiVersion}/${kind}`)
  if (!known) throw new Error(`${apiVersion} ${kind} is not among the kinds that a platform is made of`)
  return known
}
