import { describe } from 'vitest'
import { quizStoreContract } from '../ports/quiz-store.contract.ts'
import { openPostgresStore } from '../testing/postgres.ts'

const url = process.env.POSTGRES_URL
describe.skipIf(url === undefined)('on a server of one’s own', () => {
  quizStoreContract('PostgreSQL', () => openPostgresStore(url ?? ''))
})
