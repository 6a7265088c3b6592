/** A real Prometheus of the test's own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { reservePorts } from '@quizboard/quizboard/fleet/ports.ts'
import { z } from 'zod'
import { findPrometheus } from '../../../scripts/lib/programs.ts'

const series = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.number(), z.string()])),
})
const answer = z.object({ data: z.object({ result: z.array(series) }) })
export type Series = z.infer<typeof series>

export interface Prometheus {
  /** Of every second from `fromMs` to now; throws with what Prometheus says of a query that it does not take. */
  range(query: string, fromMs: number): Promise<Series[]>
  get(path: string): Promise<unknown>
  stop(): Promise<void>
}

/** `folder`: for its data. Resolves once it is ready. */
export const startPrometheus = async (configFile: string, folder: string): Promise<Prometheus> => {
  const { ports, release } = await reservePorts(1)
  const args = [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${folder}`,
    `--web.listen-address=127.0.0.1:${ports[0]}`,
  ]
  const child = spawn(findPrometheus() ?? 'prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-10_000)
  })
  const url = `http://127.0.0.1:${ports[0]}`
  const get = async (path: string): Promise<unknown> => {
    const reply = await fetch(url + path)
    const text = await reply.text()
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text.slice(0, 500)}`)
    return JSON.parse(text)
  }
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  for (let left = 100; !(await isReady()); left--) {
    if (left === 0 || child.exitCode !== null) throw new Error(`Prometheus does not start: ${said}`)
    await sleep(100)
  }
  return {
    get,
    async range(query, fromMs) {
      const times = `start=${fromMs / 1000}&end=${Date.now() / 1000}&step=1`
      return answer.parse(await get(`/api/v1/query_range?query=${encodeURIComponent(query)}&${times}`)).data.result
    },
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      await release()
    },
  }
}
