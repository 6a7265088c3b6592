import { answerStoreContract } from '../ports/answer-store.contract.ts'
import { createMemoryAnswerStore } from './memory-answer-store.ts'

answerStoreContract('memory', async () => createMemoryAnswerStore())
