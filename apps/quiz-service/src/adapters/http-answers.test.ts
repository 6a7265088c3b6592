import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InternalRefusal } from '@quizboard/shared/http/internal-client.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { afterEach, expect, it } from 'vitest'
import { AnswersUnavailable } from '../ports/answers.ts'
import { createHttpAnswers } from './http-answers.ts'

const server = createServer()
afterEach(() => {
  server.removeAllListeners('request')
  server.closeAllConnections()
  server.close()
})
const serve = async (status: number) => {
  server.on('request', (_, reply) => reply.writeHead(status).end('{"question_ids":["q1"]}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return createHttpAnswers({ urls: [urlOf()], secret: 'secret', clock, stopLimitMs: 200 })
}
const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

it('asks the answer-service', async () => {
  const answers = await serve(200)
  expect(await answers.answered('QUIZ', 'ann')).toEqual(['q1'])
})

it('[Q9.6] one that is not to be reached, or not available, is no error of ours', async () => {
  const answers = await serve(503)
  await expect(answers.stopAccepting('QUIZ', ['q1'])).rejects.toBeInstanceOf(AnswersUnavailable)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await expect(answers.stopAccepting('QUIZ', ['q1'])).rejects.toBeInstanceOf(AnswersUnavailable)
})

it('a refusal of what was asked is one', async () => {
  const answers = await serve(422)
  await expect(answers.stopAccepting('QUIZ', ['q1'])).rejects.toBeInstanceOf(InternalRefusal)
})
