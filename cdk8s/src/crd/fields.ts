/** Fields that occur in many places of the resource, each with its limits: CEL's cost and etcd's size depend on them. */
import { z } from 'zod'
import { type Rule, withRules } from './rule.ts'

/** RFC 1123, as names of most objects. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/
const QUALIFIED_NAME = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/
const SECRET_KEY = /^[-._a-zA-Z0-9]+$/
/** Kubernetes' decimal and binary quantities, without exponents and signs. */
const QUANTITY = /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/
const HOST_PORT = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?):[0-9]{1,5}$/
const CIDR = /^[0-9a-fA-F:.]+\/[0-9]{1,3}$/

const text = (max: number, pattern: RegExp, must: string) =>
  z.string().min(1).max(max).regex(pattern, `must be ${must}`)

export const objectName = () => text(253, SUBDOMAIN, 'a name of an object: lower case letters, digits, - and .')
export const hostName = () => text(253, SUBDOMAIN, 'a host name: lower case letters, digits, - and .')
export const secretKey = () => text(253, SECRET_KEY, 'a key of a Secret: letters, digits, -, _ and .')
export const hostPort = () => text(261, HOST_PORT, 'host:port')
export const cidr = () => text(50, CIDR, 'an address range such as 10.0.0.0/8')
export const imageName = () =>
  text(500, /^[a-zA-Z0-9][-a-zA-Z0-9._/:@]*$/, 'the name of an image: letters, digits and - . _ / : @')

export const QUANTITY_FLAG = 'x-quizboard-quantity'
/** CPU, memory or storage: `500m`, `1.5`, `2Gi`, or a whole number. */
export const quantity = () =>
  z
    .union([
      z.int().nonnegative().max(1_000_000_000_000),
      z.string().max(30).regex(QUANTITY, 'must be a quantity such as 500m or 2Gi'),
    ])
    .transform(String)
    .meta({ [QUANTITY_FLAG]: true })

/** Storage of a volume; it has to be something. */
export const storageSize = () =>
  z
    .string()
    .max(30)
    .regex(/^[1-9][0-9]{0,5}(Mi|Gi|Ti)$/, 'must be a size such as 10Gi')

export const count = (min: number, max: number) => z.int().min(min).max(max)

export const list = <T extends z.ZodType>(item: T, max: number) => z.array(item).max(max)

const map = <K extends z.ZodType<string, string>, V extends z.ZodType>(key: K, value: V, max: number) =>
  withRules(z.record(key, value).meta({ maxProperties: max }), {
    // The schema's own maxProperties says the same to the API server.
    cel: `self.size() <= ${max}`,
    message: `must have at most ${max} entries`,
    holds: (entries) => Object.keys(entries as object).length <= max,
  })

const key = () => text(317, QUALIFIED_NAME, 'a label or annotation key')
export const labels = () =>
  map(key(), z.string().max(63).regex(LABEL_VALUE, 'must be a label value: letters, digits, -, _ and .'), 30)
export const annotations = () => map(key(), z.string().max(4096), 30)
export const stringMap = <K extends z.ZodType<string, string>>(name: K, max: number) =>
  map(name, z.string().max(1000), max)

const resourceMap = () =>
  z.strictObject({
    cpu: quantity().optional(),
    memory: quantity().optional(),
    'ephemeral-storage': quantity().optional(),
  })

export type Resources = z.output<ReturnType<typeof resources>>
/** Requests and limits of a container; what is left out has the default. */
export const resources = (fallback: { requests: { cpu: string; memory: string }; limits: { memory: string } }) =>
  z
    .strictObject({
      requests: resourceMap()
        .prefault({ ...fallback.requests, 'ephemeral-storage': '64Mi' })
        .describe('what the scheduler sets aside'),
      limits: resourceMap()
        .prefault({ ...fallback.limits, 'ephemeral-storage': '512Mi' })
        .describe(
          'what the container may use at most; no CPU limit by default, throttling would show in every answer’s time',
        ),
    })
    .prefault({})

/** `key` of the Secret `name` in the QuizPlatform's namespace. */
export const secretRef = (fallbackKey?: string) =>
  z.strictObject({
    name: objectName().describe('name of the Secret, in the namespace of the QuizPlatform'),
    key:
      fallbackKey === undefined
        ? secretKey().describe('key in the Secret')
        : secretKey().default(fallbackKey).describe('key in the Secret'),
  })
export type SecretRef = z.output<ReturnType<typeof secretRef>>

export const storage = (size: string) =>
  z
    .strictObject({
      size: storageSize().default(size).describe('size of each volume'),
      className: objectName().optional().describe('storage class; default: the cluster’s'),
    })
    .prefault({})

/** Volumes of a StatefulSet are made of a template that never changes. */
export const fixedStorage = (field: string): Rule<unknown> => ({
  cel: 'self.size == oldSelf.size && has(self.className) == has(oldSelf.className) && (!has(self.className) || self.className == oldSelf.className)',
  message: `${field} cannot change once it is set: resize the volume claim itself, or move the data`,
})
