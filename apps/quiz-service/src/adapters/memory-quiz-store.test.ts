import { quizStoreContract } from '../ports/quiz-store.contract.ts'
import { createMemoryQuizStore } from './memory-quiz-store.ts'

quizStoreContract('in memory', async () => ({ store: createMemoryQuizStore(), close: async () => {} }))
