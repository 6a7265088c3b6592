import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { boardStoreContract } from '../ports/board-store.contract.ts'
import { membershipContract } from '../ports/membership.contract.ts'
import { createMemoryBoardStore } from './memory-board-store.ts'
import { createMemoryMembership } from './memory-membership.ts'
import { openSqliteBoardStore } from './sqlite-board-store/sqlite-board-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'quizboard-boards-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

boardStoreContract('memory', () => ({ open: async () => createMemoryBoardStore() }))
boardStoreContract('SQLite in memory', () => ({ open: () => openSqliteBoardStore({ file: ':memory:' }) }))
boardStoreContract('SQLite in a worker', () => {
  const file = join(folder, `boards-${files++}.sqlite`)
  return { open: () => openSqliteBoardStore({ file }), reopen: () => openSqliteBoardStore({ file }) }
})
membershipContract('memory', async () => createMemoryMembership())
