/** `npm run bench [-- name…] [--quick]`: the benchmarks, each beside what a user would pick instead; all, or those named. */
import { existsSync } from 'node:fs'
import { QUIET_KAFKAJS, root, runNode } from '../lib/run.ts'

const ALL = ['ranking', 'fanout', 'answers', 'growth', 'take-over', 'screens']
const args = process.argv.slice(2)
const options = args.filter((arg) => arg.startsWith('--'))
const named = args.filter((arg) => !arg.startsWith('--'))
for (const name of named.length > 0 ? named : ALL) {
  const file = `bench/${name}.ts`
  if (!ALL.includes(name) || !existsSync(`${root}${file}`)) {
    console.error(`There is no benchmark "${name}". There are: ${ALL.join(', ')}.`)
    process.exitCode = 2
    break
  }
  const { code } = await runNode([QUIET_KAFKAJS, file, ...options])
  if (code !== 0) process.exitCode = code
}
