/** Asks the process in the same container whether it is ready; the exit code 1 says no. For whoever cannot ask by HTTP. */
const url = `http://127.0.0.1:${process.env.QUIZBOARD_METRICS_PORT || 9464}/readyz`
try {
  const reply = await fetch(url, { signal: AbortSignal.timeout(4_000) })
  console.log((await reply.text()).trim())
  if (reply.status !== 200) process.exitCode = 1
} catch (error) {
  console.error(`${url}: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
