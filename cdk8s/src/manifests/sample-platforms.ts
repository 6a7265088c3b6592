/** QuizPlatforms for people to begin with: file name → what it is for, and the resource. */
import { API_VERSION, KIND } from '../crd/quiz-platform.ts'

interface Sample {
  about: string
  resource: { apiVersion: string; kind: string; metadata: { name: string }; spec: object }
}

const sample = (about: string, spec: object): Sample => ({
  about,
  resource: { apiVersion: API_VERSION, kind: KIND, metadata: { name: 'quizboard' }, spec },
})

const ONE = { replicas: 1 }

export const SAMPLE_PLATFORMS: Readonly<Record<string, Sample>> = {
  small: sample('Everything in one namespace, on single servers of its own: for kind, minikube and trying.', {
    kafka: { bundled: {} },
    mongodb: { bundled: {} },
    postgresql: { bundled: {} },
    quizService: ONE,
    answerService: ONE,
    leaderboardService: ONE,
    gateway: ONE,
  }),
  operators: sample(
    'Highly available, on Strimzi, MongoDB’s Community operator and CloudNativePG, which watch this namespace.',
    {
      kafka: { strimzi: { replicas: 3, storage: { size: '50Gi' } } },
      mongodb: { mongodbCommunity: { members: 3, storage: { size: '50Gi' } } },
      postgresql: { cnpg: { instances: 3 } },
      quizService: { replicas: 2 },
      answerService: { autoscaling: { minReplicas: 2, maxReplicas: 8 } },
      leaderboardService: { autoscaling: { minReplicas: 3, maxReplicas: 12 }, standbys: 1 },
      gateway: { replicas: 2 },
      exposure: { ingress: { host: 'quiz.example', tlsSecretName: 'quiz-tls', className: 'nginx' } },
      monitoring: { serviceMonitors: true, rules: true, labels: { release: 'prometheus' } },
    },
  ),
  external: sample('On servers that are there already; the Secrets have to be made before.', {
    kafka: {
      external: {
        bootstrapServers: ['kafka-1.example:9093', 'kafka-2.example:9093', 'kafka-3.example:9093'],
        tls: { ca: { name: 'kafka-ca' } },
        sasl: { secret: { name: 'kafka-login' } },
      },
    },
    mongodb: { external: { uri: { name: 'mongodb-login' }, ca: { name: 'mongodb-ca' } } },
    postgresql: { external: { uri: { name: 'postgresql-login' }, ca: { name: 'postgresql-ca' } } },
    topicPrefix: 'quizboard.',
    exposure: {
      httpRoute: { parentRefs: [{ name: 'public', namespace: 'gateways' }], host: 'quiz.example' },
    },
  }),
}
