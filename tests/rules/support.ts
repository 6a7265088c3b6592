/** The files of observability/, as Prometheus reads them. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'

const FOLDER = fileURLToPath(new URL('../../observability/rules/', import.meta.url))

const ruleFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.record(z.string(), z.string()).optional(),
          annotations: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  ),
})
const testFile = z.object({
  rule_files: z.array(z.string()),
  tests: z.array(
    z.object({
      name: z.string(),
      alert_rule_test: z.array(
        z.object({ alertname: z.string(), eval_time: z.string(), exp_alerts: z.array(z.unknown()) }),
      ),
    }),
  ),
})

const yamlFiles = (folder: string) => readdirSync(folder).filter((file) => file.endsWith('.yaml'))
const read = (path: string): unknown => parse(readFileSync(path, 'utf8'))

export const RULE_FILES = yamlFiles(FOLDER).map((file) => FOLDER + file)
export const TEST_FILES = yamlFiles(`${FOLDER}tests/`).map((file) => `${FOLDER}tests/${file}`)

export const allRules = () =>
  RULE_FILES.flatMap((path) => ruleFile.parse(read(path)).groups).flatMap(({ rules }) => rules)
export const allTests = () => TEST_FILES.flatMap((path) => testFile.parse(read(path)).tests)
