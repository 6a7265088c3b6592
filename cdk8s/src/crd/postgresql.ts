/** PostgreSQL: by CloudNativePG, one that is there already, or a single server of our own. */
import { z } from 'zod'
import { cidr, count, fixedStorage, imageName, list, resources, secretRef, storage } from './fields.ts'
import { pods } from './pods.ts'
import { choiceIsFixed, exactlyOne, withRules } from './rule.ts'

const cnpg = () =>
  z.strictObject({
    instances: count(1, 9).default(3).describe('one primary, the others standbys'),
    imageName: imageName().optional().describe('image of PostgreSQL; default: CloudNativePG’s own'),
    storage: storage('10Gi').describe('volume of each instance'),
    resources: resources({ requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '1Gi' } }).describe(
      'of each instance',
    ),
    pods: pods().optional().describe('of PostgreSQL’s pods (labels and annotations are not looked at)'),
  })

const external = () =>
  z.strictObject({
    uri: secretRef('uri').describe('Secret with the URL: postgresql://user:password@host:port/database'),
    ca: secretRef('ca.crt')
      .optional()
      .describe('certificate authority, PEM: TLS on, and the server and its name are checked with it'),
    ports: list(count(1, 65_535), 10).min(1).default([5432]).describe('ports of the server, for the NetworkPolicies'),
    cidrs: list(cidr(), 20).default([]).describe('where the server is, for the NetworkPolicies; default: anywhere'),
  })

const bundled = () =>
  z.strictObject({
    image: imageName()
      .default('postgres:15')
      .describe('image with initdb, postgres and bash; a major version never changes in place'),
    storage: withRules(storage('5Gi'), fixedStorage('postgresql.bundled.storage')).describe('volume of the server'),
    resources: resources({ requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '512Mi' } }).describe(
      'of the server',
    ),
  })

const CHOICES = ['cnpg', 'external', 'bundled'] as const
export const postgresql = () =>
  withRules(
    z.strictObject({
      cnpg: cnpg().optional().describe('a cluster made by CloudNativePG'),
      external: external().optional().describe('a server that is there already'),
      bundled: bundled()
        .optional()
        .describe('one server in a StatefulSet: for trying and small schools, not highly available'),
    }),
    exactlyOne('postgresql', CHOICES),
    choiceIsFixed('postgresql', CHOICES),
  )

export type Postgresql = z.output<ReturnType<typeof postgresql>>
export type CnpgPostgresql = z.output<ReturnType<typeof cnpg>>
export type ExternalPostgresql = z.output<ReturnType<typeof external>>
export type BundledPostgresql = z.output<ReturnType<typeof bundled>>
