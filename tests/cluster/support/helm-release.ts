/** A release of the chart on the cluster, as somebody with Helm has it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CHART, type Helm } from '../../charts/support/helm.ts'

export interface Release {
  /** Rejects with what Helm says. */
  install(values: object): Promise<string>
  upgrade(values: object): Promise<string>
  rollback(revision: number): Promise<string>
  uninstall(): Promise<string>
  /** The log of the test. */
  test(): Promise<string>
}

const run = promisify(execFile)
const LIMIT = '5m'

export const releaseOf = ({ path }: Helm, namespace: string, name: string): Release => {
  const helm = async (args: readonly string[]): Promise<string> => {
    try {
      const { stdout } = await run(path, [...args, '--namespace', namespace], { maxBuffer: 64 * 1024 * 1024 })
      return stdout
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      throw new Error(`helm ${args.join(' ')}: ${stdout}${stderr}`)
    }
  }
  const withValues = async (values: object, use: (file: string) => Promise<string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'quizboard-chart-'))
    try {
      const file = join(folder, 'values.json')
      writeFileSync(file, JSON.stringify(values))
      return await use(file)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  const wait = ['--wait', '--timeout', LIMIT]
  return {
    install: (values) => withValues(values, (file) => helm(['install', name, CHART, '--values', file, ...wait])),
    upgrade: (values) => withValues(values, (file) => helm(['upgrade', name, CHART, '--values', file, ...wait])),
    rollback: (revision) => helm(['rollback', name, String(revision), ...wait]),
    uninstall: () => helm(['uninstall', name, ...wait]),
    test: () => helm(['test', name, '--logs', '--timeout', LIMIT]),
  }
}
