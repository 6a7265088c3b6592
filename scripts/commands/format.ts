/** `npm run format`: formats, and mends what can be mended without a decision. */
import { runNode } from '../lib/run.ts'

const { code } = await runNode(['node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...process.argv.slice(2)])
process.exitCode = code
