/** Where the images come from. `<registry>/<repository>/<service>:<tag>`. */
import { z } from 'zod'
import { imageName, list, objectName } from './fields.ts'
import { withRules } from './rule.ts'

const tag = () =>
  withRules(
    z
      .string()
      .max(128)
      .regex(/^[A-Za-z0-9_][-A-Za-z0-9_.]*$/, 'must be a tag of an image'),
    {
      cel: "self != 'latest'",
      message: 'tag must name a version, not latest: migrations and rolling updates go by it',
      holds: (value) => value !== 'latest',
    },
  )
const digest = () =>
  z
    .string()
    .max(71)
    .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')

export const image = () =>
  z
    .strictObject({
      registry: z
        .string()
        .min(1)
        .max(255)
        .regex(
          /^[A-Za-z0-9][-A-Za-z0-9.]*(:[0-9]{1,5})?(\/[-a-z0-9._/]+)?$/,
          'must be a registry: host, host:port, with a path perhaps',
        )
        .optional()
        .describe('registry, with a path perhaps; default: the container runtime’s'),
      repository: z
        .string()
        .min(1)
        .max(200)
        .regex(/^[a-z0-9][-a-z0-9._/]*$/, 'must be a path of lower case letters, digits and - . _ /')
        .default('quizboard')
        .describe('path before the service’s name'),
      tag: tag().optional().describe('version to run; default: the operator’s own version'),
      pullPolicy: z
        .enum(['IfNotPresent', 'Always', 'Never'])
        .default('IfNotPresent')
        .describe('when images are pulled'),
      pullSecrets: list(z.strictObject({ name: objectName() }), 10)
        .default([])
        .describe('Secrets with credentials of the registry'),
    })
    .prefault({})

const reference = () =>
  withRules(imageName(), {
    cel: "self.matches('[:@][^/]+$') && !self.endsWith(':latest')",
    message: 'ref must have a tag or digest that names a version, not latest: migrations and rolling updates go by it',
    holds: (value) => /[:@][^/]+$/.test(value) && !value.endsWith(':latest'),
  })

export const serviceImage = () =>
  withRules(
    z.strictObject({
      ref: reference()
        .optional()
        .describe(
          'the whole image, registry and tag or digest too, as tools write it (Tilt, Flux); it wins over the rest',
        ),
      repository: z
        .string()
        .min(1)
        .max(400)
        .regex(/^[A-Za-z0-9][-A-Za-z0-9._/:]*$/, 'must be the name of an image without tag')
        .optional()
        .describe('whole name of the image, registry too; default: out of spec.image'),
      tag: tag().optional().describe('tag; default: spec.image.tag'),
      digest: digest().optional().describe('digest; it wins over the tag'),
    }),
    {
      cel: 'has(self.ref) || has(self.repository) || has(self.tag) || has(self.digest)',
      message: 'image: give ref, repository, tag or digest',
      holds: ({ ref, repository, tag, digest }) => (ref ?? repository ?? tag ?? digest) !== undefined,
    },
  )

export type Image = z.output<ReturnType<typeof image>>
export type ServiceImage = z.output<ReturnType<typeof serviceImage>>
