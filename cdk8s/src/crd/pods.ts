/** What may be said about pods: where they run, and what they are labelled with. */
import { z } from 'zod'
import { annotations, count, labels, list, objectName } from './fields.ts'

const toleration = z.strictObject({
  key: z.string().max(317).optional(),
  operator: z.enum(['Exists', 'Equal']).optional(),
  value: z.string().max(63).optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: count(0, 2_147_483_647).optional(),
})

const podFields = {
  labels: labels().optional().describe('more labels of the pods; ours win'),
  annotations: annotations().optional().describe('more annotations of the pods; ours win'),
  nodeSelector: labels().optional().describe('labels that a node must have'),
  tolerations: list(toleration, 20).optional().describe('taints of nodes that are tolerated'),
  affinity: z
    .record(z.string().max(40), z.unknown())
    .meta({ 'x-kubernetes-preserve-unknown-fields': true, maxProperties: 3 })
    .optional()
    .describe('affinity as in a pod; it replaces our own preference to spread over nodes'),
  priorityClassName: objectName().optional().describe('priority class of the pods'),
}

export const pods = () => z.strictObject(podFields)
export type Pods = z.output<ReturnType<typeof pods>>
