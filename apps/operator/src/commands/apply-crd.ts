/** The step before an install or an upgrade: brings the definition of QuizPlatform in the cluster up to this version. */
import { customResourceDefinition } from '@quizboard/cdk8s/crd/custom-resource-definition.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { runCommand } from '@quizboard/shared/process/run-command.ts'
import { createKubeHttp } from '../adapters/kube-http.ts'
import { loadKubeConfig } from '../adapters/load-kube-config.ts'
import { applyDefinition } from '../definition/apply-definition.ts'

const LIMIT_MS = 60_000

await runCommand(async () => {
  const http = createKubeHttp({ config: loadKubeConfig(), userAgent: 'quizboard-apply-crd' })
  try {
    await applyDefinition({ http, clock, definition: customResourceDefinition, limitMs: LIMIT_MS, say: console.log })
  } finally {
    http.close()
  }
})
