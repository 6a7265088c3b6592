import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { isAlive, launch, postgresPids, startProduct } from '../support/product.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders: string[] = []
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
})
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'quizboard-npm-'))
  folders.push(path)
  return path
}
const until = async <T>(look: () => T | undefined | false, ms: number): Promise<T> => {
  for (let waited = 0; waited < ms; waited += 50) {
    const found = look()
    if (found) return found
    await sleep(50)
  }
  throw new Error(`did not come to pass in ${ms} ms`)
}

describe('the front door', () => {
  it('[Q10.4] lists the commands when there is none of that name', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', 'strat'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(status).toBe(2)
    expect(stderr).toContain('There is no command "strat". There are: start,')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('[Q10.4] hands on the exit code of what it runs', () => {
    const { status } = spawnSync(process.execPath, ['scripts/run.mjs', 'test', 'nothing'], { cwd: root })
    expect(status).toBe(2)
  })

  // npm tells its shell alone of a SIGTERM, and nobody of a SIGKILL.
  it.runIf(process.platform === 'linux').each(['SIGTERM', 'SIGKILL'] as const)(
    '[Q10.3] leaves nothing running when npm gets %s',
    async (signal) => {
      const dataDir = folder()
      const npm = spawn('npm', ['start'], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, QUIZBOARD_PORT: '0', QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_DATA_DIR: dataDir },
      })
      let output = ''
      for (const stream of [npm.stdout, npm.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString()
        })
      await until(() => output.includes('is ready') || npm.exitCode !== null, 90_000)
      expect(output).toContain('is ready')
      const { pid } = JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8'))
      const pids = [pid, ...postgresPids(dataDir)]
      expect(pids).toHaveLength(2)
      npm.kill(signal)
      await until(() => !pids.some(isAlive), 20_000)
      expect(output).toContain('Stopping')
    },
  )
})

describe('the demo', () => {
  it('[Q10.3] plays a quiz with simulated players, who leave with the product', async () => {
    const { child, output, exited } = launch(
      { QUIZBOARD_PORT: '0', QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_DATA_DIR: folder() },
      ['--demo', '6'],
    )
    const quizId = await until(() => /Demo: quiz (\w+) with 6 simulated players/.exec(output())?.[1], 60_000)
    const port = /http:\/\/[^\s/]+:(\d+)/.exec(output())?.[1]
    const quiz = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/quizzes/${quizId}`)
      return (await response.json()) as { players: number; state: string; position: number }
    }
    let state = await quiz()
    for (let waited = 0; waited < 40_000 && (state.players < 6 || state.state !== 'running'); waited += 200) {
      await sleep(200)
      state = await quiz()
    }
    expect(state).toMatchObject({ players: 6, state: 'running', position: 1 })
    child.kill('SIGTERM')
    expect((await exited).code).toBe(0)
  })

  it('[Q10.3] is played at a Quizboard that runs elsewhere, and leaves at SIGTERM', async () => {
    const product = await startProduct()
    try {
      const demo = (env: Record<string, string>) => launch(env, ['--demo', '3', '--at', product.url])
      const withoutToken = demo({})
      expect((await withoutToken.exited).code).toBe(1)
      expect(withoutToken.output()).toContain(`QUIZBOARD_HOST_TOKEN is not set`)
      const { child, output, exited } = demo({ QUIZBOARD_HOST_TOKEN: product.hostToken })
      const quizId = await until(() => /Demo: quiz (\w+) with 3 simulated players/.exec(output())?.[1], 30_000)
      expect((await fetch(`${product.url}/api/v1/quizzes/${quizId}`)).status).toBe(200)
      child.kill('SIGTERM')
      await exited
      expect((await fetch(`${product.url}/readyz`)).status).toBe(200)
    } finally {
      await product.stop()
    }
  })
})
