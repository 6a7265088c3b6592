/**
 * `secrets <folder>`: the secrets of an installation in containers, each made once, sorted by who may see them: `shared` is for all
 * services, `quiz` for the quiz-service alone, `postgresql` for the server too. The folders are volumes that are mounted where they
 * are needed and nowhere else, so their files are for every user.
 */
import { chmodSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { runCommand } from '@quizboard/shared/process/run-command.ts'
import { openIdentity } from '../identity.ts'
import { keepSecret, makeSecret } from '../keys.ts'

const USAGE = 'Usage: secrets <folder>\n\nMakes the secrets that are missing in the folder; those that are there stay.'

const GROUPS = ['shared', 'quiz', 'postgresql'] as const

await runCommand(async () => {
  const [folder, ...more] = process.argv.slice(2)
  if (!folder || folder.startsWith('-') || more.length > 0) throw new Error(USAGE)
  const file = (group: (typeof GROUPS)[number], name: string) => join(folder, group, name)
  for (const group of GROUPS) mkdirSync(join(folder, group), { recursive: true })
  const places: Record<string, string> = {
    'host-token': file('shared', 'host-token'),
    'signing-key.json': file('quiz', 'signing-key.json'),
  }
  const { signer } = await openIdentity(
    { file: (name) => places[name] ?? file('quiz', name) },
    { hostToken: undefined, clock },
  )
  writeFileSync(file('shared', 'public-keys.json.next'), JSON.stringify(signer.publicJwks))
  renameSync(file('shared', 'public-keys.json.next'), file('shared', 'public-keys.json'))
  await makeSecret(file('shared', 'internal-secret'))
  const password = await makeSecret(file('postgresql', 'password'))
  await keepSecret(file('quiz', 'postgres-url'), () => `postgres://quizboard:${password}@postgresql:5432/quizboard`)
  for (const group of GROUPS)
    for (const name of readdirSync(join(folder, group))) chmodSync(join(folder, group, name), 0o444)
  console.log('All secrets are there.')
})
