/** `host-link [url]`: a link that makes a browser the host's; asks the quiz-service in the same container for its one-time code. */
import { loginCodeReply } from '@quizboard/shared/contracts/internal.ts'
import { callInternal } from '@quizboard/shared/http/internal-client.ts'
import { runCommand } from '@quizboard/shared/process/run-command.ts'
import { readInternalSettings } from '@quizboard/shared/process/settings.ts'

const USAGE =
  'Usage: host-link [url]\n\nPrints a link that makes a browser the host’s; it works once. The url is how people reach Quizboard (http://localhost:8080).'

await runCommand(async (env) => {
  const [url = 'http://localhost:8080', ...more] = process.argv.slice(2)
  if (more.length > 0 || !/^https?:\/\/[^/\s?#]+\/*$/.test(url)) throw new Error(USAGE)
  const { port, secret } = readInternalSettings(env)
  const request = { method: 'POST', path: '/internal/v1/login-codes', timeoutMs: 10_000 } as const
  const reply = await callInternal(`http://127.0.0.1:${port}`, secret, request).catch((error: Error) => {
    throw new Error(`The quiz-service on port ${port} gives no code: ${error.message}. It runs in its own container.`)
  })
  console.log(`${url.replace(/\/+$/, '')}/host#code=${loginCodeReply.parse(reply).code}`)
})
