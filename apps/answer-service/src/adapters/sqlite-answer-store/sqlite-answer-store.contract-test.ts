import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { newPlayer } from '../../domain/player.ts'
import { answerStoreContract } from '../../ports/answer-store.contract.ts'
import { StoreUnavailable } from '../../ports/answer-store.ts'
import { openSqliteAnswerStore } from './sqlite-answer-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'answer-store-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newFile = (): string => join(folder, `${files++}.sqlite`)

answerStoreContract('SQLite in memory', () => openSqliteAnswerStore({ file: ':memory:' }))
answerStoreContract('SQLite in a file', () => openSqliteAnswerStore({ file: newFile() }))

describe('SQLite in a file', () => {
  const record = { ...newPlayer('QUIZ', 'anna'), version: 1, seq: 1 }
  const change = { record, expected_version: 0, answers: [], results: [], events: [], at: 0 }

  it('[Q1.1] has after a reopening what was acknowledged', async () => {
    const file = newFile()
    const first = await openSqliteAnswerStore({ file })
    await first.commit([change])
    await first.close()
    const second = await openSqliteAnswerStore({ file })
    const [state] = await second.load([{ quiz_id: 'QUIZ', user_id: 'anna', question_ids: [], answer_ids: [] }])
    expect(state?.record).toEqual(record)
    await second.close()
  })

  it('[Q1.3] what cannot be stored is undone whole, and is not called an outage', async () => {
    const store = await openSqliteAnswerStore({ file: newFile() })
    const result = { question_id: 'q', seq: 1 }
    const twice = { ...change, results: [1, 2].map(() => ({ answer_id: 'a', result })) }
    const other = { ...change, record: { ...record, user_id: 'ben' } }
    const failure = store.commit([other, twice])
    await expect(failure).rejects.toThrow()
    await expect(failure).rejects.not.toBeInstanceOf(StoreUnavailable)
    expect(await store.commit([other, change])).toEqual(['ok', 'ok'])
    await store.close()
  })

  it('[Q9.3] says that it is unavailable once it is closed', async () => {
    const store = await openSqliteAnswerStore({ file: newFile() })
    await store.close()
    await expect(store.commit([change])).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(store.stats()).rejects.toBeInstanceOf(StoreUnavailable)
  })
})
