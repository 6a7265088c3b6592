/**
 * Stands in for every service of the platform in tests of the operator: it is a process that lives, says that it is ready, and ends
 * on SIGTERM. As `migrate` and `topics` it does nothing and succeeds. It keeps no promise of Quizboard's.
 */
import { createServer } from 'node:http'

const [command] = process.argv.slice(2)
if (command === 'migrate' || command === 'topics') {
  console.log(`placeholder: ${command} does nothing`)
  process.exit(0)
}
const answer = (_, res) => res.writeHead(200, { 'content-type': 'text/plain' }).end('placeholder\n')
const ports = ['QUIZBOARD_PORT', 'QUIZBOARD_INTERNAL_PORT', 'QUIZBOARD_METRICS_PORT']
const servers = ports.flatMap((name) =>
  process.env[name] ? [createServer(answer).listen(Number(process.env[name]))] : [],
)
// Node as process 1 ignores SIGTERM unless it is handled.
process.on('SIGTERM', () => {
  for (const server of servers) server.close().closeAllConnections()
  process.exit(0)
})
