/** The CustomResourceDefinition, out of the zod schemas. */
import manifest from '../../package.json' with { type: 'json' }
import { API_VERSION, DEFINITION_NAME, GROUP, KIND, nameRule, PLURAL, specSchema, VERSION } from './quiz-platform.ts'
import { VALIDATIONS } from './rule.ts'
import { statusSchema } from './status.ts'
import { type Schema, structuralSchema } from './structural.ts'

const condition = (type: string, field: 'status' | 'reason' | 'message') =>
  `.status.conditions[?(@.type=="${type}")].${field}`

const column = (name: string, jsonPath: string, description: string, priority = 0) => ({
  name,
  type: 'string',
  jsonPath,
  description,
  ...(priority > 0 && { priority }),
})

const PRINTER_COLUMNS = [
  column('Ready', condition('Ready', 'status'), 'Whether all of it works'),
  column('Reason', condition('Ready', 'reason'), 'Why it does or does not'),
  column('Pods', '.status.ready', 'Ready pods of those that are wanted'),
  column('Version', '.status.version', 'Version that all services run'),
  column('URL', '.status.url', 'Where people reach it'),
  column('Kafka', condition('KafkaReady', 'status'), 'Whether Kafka works', 1),
  column('MongoDB', condition('MongoDBReady', 'status'), 'Whether MongoDB works', 1),
  column('PostgreSQL', condition('PostgreSQLReady', 'status'), 'Whether PostgreSQL works', 1),
  column('Message', condition('Ready', 'message'), 'What to do', 1),
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
]

export const specStructure: Schema = structuralSchema(specSchema)

export const rootStructure: Schema = {
  type: 'object',
  description: 'A whole Quizboard: its services, and the Kafka, MongoDB and PostgreSQL they work with.',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: specStructure,
    status: { ...structuralSchema(statusSchema), description: 'what is' },
  },
  [VALIDATIONS]: [{ rule: nameRule.cel, message: nameRule.message }],
}

export const customResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: DEFINITION_NAME,
    labels: { 'app.kubernetes.io/name': 'quizboard-operator', 'app.kubernetes.io/part-of': 'quizboard' },
    // Never replaced by an older one.
    annotations: { 'quizboard.dev/version': manifest.version },
  },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: KIND,
      listKind: `${KIND}List`,
      plural: PLURAL,
      singular: 'quizplatform',
      shortNames: ['qp'],
      categories: ['quizboard'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: PRINTER_COLUMNS,
        schema: { openAPIV3Schema: rootStructure },
      },
    ],
  },
}

export { API_VERSION }
