/**
 * `npm run docs`: writes docs/api from the schemas, and the page of the metrics from the programs' registries. `-- --check` writes
 * nothing and fails if a file would change.
 */
import { apiDocuments } from '../lib/api-documents.ts'
import { writeOrCheck } from '../lib/generated-files.ts'
import { metricsPage } from '../lib/metrics-page.ts'

const api = Object.entries(apiDocuments()).map(([name, text]) => [`docs/api/${name}`, text])
writeOrCheck(
  { ...Object.fromEntries(api), 'docs/operations/metrics.md': metricsPage() },
  { what: 'The API documents and the page of the metrics', command: 'npm run docs' },
)
