/** The files of observability/ in a folder of the test's own, made faster: there an hour is shorter than a minute. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PrometheusTargets } from '@quizboard/quizboard/fleet/prometheus-targets.ts'
import { parse, stringify } from 'yaml'
import { z } from 'zod'

const SOURCE = fileURLToPath(new URL('../../../observability/', import.meta.url))

/** Durations of the rules, and what they are here. */
const FASTER: Readonly<Record<string, string>> = {
  '1h': '20s',
  '15m': '15s',
  '10m': '10s',
  '5m': '10s',
  '2m': '5s',
  '1m': '3s',
}
const faster = (text: string) =>
  text.replaceAll(/\b(1h|15m|10m|5m|2m|1m)\b/g, (duration) => FASTER[duration] ?? duration)

const rule = z.object({ expr: z.string(), record: z.string().optional(), for: z.string().optional() }).loose()
const ruleFile = z.object({ groups: z.array(z.object({ rules: z.array(rule) }).loose()) })

const fasterRules = (text: string) => {
  const file = ruleFile.parse(parse(text))
  for (const { rules } of file.groups)
    for (const each of rules) {
      each.expr = faster(each.expr)
      if (each.for !== undefined) each.for = faster(each.for)
    }
  return file
}

export interface Layout {
  configFile: string
  /** For Prometheus' data. */
  data: string
  /** Names of what the rules record. */
  recorded: readonly string[]
  /** As `npm run dev:real` writes them. */
  setTargets(targets: readonly PrometheusTargets[]): void
  remove(): void
}

export const makeLayout = (): Layout => {
  const root = mkdtempSync(join(tmpdir(), 'quizboard-prometheus-'))
  const at = (...names: string[]) => join(root, ...names)
  for (const folder of ['observability/rules', '.quizboard', 'data']) mkdirSync(at(folder), { recursive: true })
  const recorded: string[] = []
  for (const name of readdirSync(`${SOURCE}rules`).filter((file) => file.endsWith('.yaml'))) {
    const file = fasterRules(readFileSync(`${SOURCE}rules/${name}`, 'utf8'))
    recorded.push(...file.groups.flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? [])))
    writeFileSync(at('observability', 'rules', name), stringify(file))
  }
  const config = readFileSync(`${SOURCE}prometheus.yml`, 'utf8').replaceAll(/_interval: 1[05]s/g, '_interval: 1s')
  writeFileSync(at('observability', 'prometheus.yml'), config)
  return {
    configFile: at('observability', 'prometheus.yml'),
    data: at('data'),
    recorded,
    setTargets: (targets) => writeFileSync(at('.quizboard', 'prometheus-targets.json'), JSON.stringify(targets)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
