/** MongoDB: by its Community operator, one that is there already, or a replica set of one member of our own. */
import { z } from 'zod'
import { cidr, count, fixedStorage, imageName, list, objectName, resources, secretRef, storage } from './fields.ts'
import { pods } from './pods.ts'
import { choiceIsFixed, exactlyOne, fixed, withRules } from './rule.ts'

const mongodbCommunity = () =>
  z.strictObject({
    version: z
      .string()
      .max(20)
      .regex(/^[0-9]+\.[0-9]+\.[0-9]+$/, 'must be a version such as 8.0.4')
      .default('8.0.4')
      .describe('version of MongoDB'),
    members: count(1, 7).default(3).describe('members of the replica set'),
    storage: storage('20Gi').describe('data volume of each member'),
    resources: resources({ requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } }).describe(
      'of each member',
    ),
    serviceAccountName: objectName()
      .optional()
      .describe('service account of the members, with the rights that MongoDB’s agent needs; default: the operator’s'),
    tls: z
      .strictObject({
        certificateSecret: objectName().describe('Secret of type kubernetes.io/tls with the members’ certificate'),
        caSecret: objectName().describe('Secret with ca.crt'),
      })
      .optional()
      .describe('TLS to and between the members'),
    pods: pods().optional().describe('of MongoDB’s pods'),
  })

const external = () =>
  z.strictObject({
    uri: secretRef('uri').describe('Secret with the URL: mongodb://user:password@host…/?replicaSet=…'),
    ca: secretRef('ca.crt')
      .optional()
      .describe('certificate authority, PEM: TLS on, and the server is checked with it'),
    clientCertificate: secretRef('tls.pem').optional().describe('our own certificate and key in one PEM (mutual TLS)'),
    ports: list(count(1, 65_535), 10).min(1).default([27017]).describe('ports of the members, for the NetworkPolicies'),
    cidrs: list(cidr(), 20).default([]).describe('where the members are, for the NetworkPolicies; default: anywhere'),
  })

const bundled = () =>
  z.strictObject({
    image: imageName().default('mongo:6.0').describe('image with mongod and bash'),
    storage: withRules(storage('5Gi'), fixedStorage('mongodb.bundled.storage')).describe('volume of the member'),
    resources: resources({ requests: { cpu: '200m', memory: '384Mi' }, limits: { memory: '1Gi' } }).describe(
      'of the member',
    ),
  })

const CHOICES = ['mongodbCommunity', 'external', 'bundled'] as const
export const mongodb = () =>
  withRules(
    z.strictObject({
      database: withRules(
        z
          .string()
          .min(1)
          .max(60)
          .regex(/^[A-Za-z0-9_-]+$/, 'must be letters, digits, - and _'),
        fixed('mongodb.database', 'answers and standings are in it'),
      )
        .default('quizboard')
        .describe('database of answers and standings'),
      mongodbCommunity: mongodbCommunity().optional().describe('a replica set made by MongoDB’s Community operator'),
      external: external().optional().describe('a replica set that is there already'),
      bundled: bundled()
        .optional()
        .describe('a replica set of one member: for trying and small schools, not highly available'),
    }),
    exactlyOne('mongodb', CHOICES),
    choiceIsFixed('mongodb', CHOICES),
  )

export type Mongodb = z.output<ReturnType<typeof mongodb>>
export type CommunityMongodb = z.output<ReturnType<typeof mongodbCommunity>>
export type ExternalMongodb = z.output<ReturnType<typeof external>>
export type BundledMongodb = z.output<ReturnType<typeof bundled>>
