/** The operator as a process. */
import { readFileSync } from 'node:fs'
import { createMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock, systemRandom as random } from '@quizboard/shared/kit/system.ts'
import { openMetricsPort } from '@quizboard/shared/process/metrics-port.ts'
import { runProcess } from '@quizboard/shared/process/run-process.ts'
import { loadKubeConfig } from './adapters/load-kube-config.ts'
import { readOperatorSettings, schema } from './config.ts'
import { createOperator } from './operator.ts'

/** Where a pod finds the name of its namespace. */
const OWN_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

const ownNamespace = (): string => {
  try {
    return readFileSync(OWN_NAMESPACE, 'utf8').trim()
  } catch {
    return 'default'
  }
}

await runProcess({
  name: 'operator',
  about: 'The operator of Quizboard: looks after every QuizPlatform. It finds the API server as kubectl does.',
  shape: schema.shape,
  read: readOperatorSettings,
  async start(settings, { process: { metrics: place }, logger, own, crash }) {
    const metrics = createMetrics('operator')
    const operator = createOperator({
      ...{ settings, clock, random, logger, metrics, own },
      config: loadKubeConfig(),
      namespace: settings.namespace ?? ownNamespace(),
      onLost: () => crash(new Error('the lease is lost: another replica may lead')),
    })
    operator.started.catch(crash)
    const admin = await openMetricsPort({
      ...place,
      registries: [metrics.registry],
      unready: operator.unready,
      anyPort: false,
      logger,
    })
    own('metrics', admin.close)
    logger.info(
      { metrics_port: admin.port, namespaces: settings.watchNamespaces, version: settings.version },
      'started',
    )
  },
})
