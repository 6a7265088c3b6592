import { describe, expect, it } from 'vitest'
import { find, type Json, synth } from '../testing/objects.ts'
import { OPERATORS } from '../testing/samples.ts'

describe('Strimzi', () => {
  const objects = synth({ ...OPERATORS, topicPrefix: 'school.' })
  const acls = (user: string): Json[] => find(objects, `KafkaUser/quizboard-${user}`).spec.authorization.acls
  const may = (user: string, operation: string) =>
    acls(user)
      .filter(({ resource, operations }) => resource.type === 'topic' && operations.includes(operation))
      .map(({ resource }) => resource.name.replace('school.quiz.', ''))
  it('each service may do what it does, and no more', () => {
    expect(may('quiz-service', 'Write')).toEqual(['definitions', 'lifecycle', 'players'])
    expect(may('quiz-service', 'Read')).toEqual(['lifecycle'])
    expect(may('answer-service', 'Read')).toEqual(['definitions', 'lifecycle'])
    expect(may('answer-service', 'Write')).toEqual(['scores'])
    expect(may('leaderboard-service', 'Read')).toEqual(['lifecycle', 'players', 'scores'])
    expect(may('leaderboard-service', 'Write')).toEqual(['scores', 'scores.dlq'])
  })
  it('[Q7] nobody but the answer-service reads the definitions, which hold the keys', () => {
    const readers = objects
      .filter(({ kind }) => kind === 'KafkaUser')
      .filter(({ metadata }) => may(metadata.name.replace('quizboard-', ''), 'Read').includes('definitions'))
    expect(readers.map(({ metadata }) => metadata.name)).toEqual(['quizboard-answer-service'])
  })
  it('groups are private, by prefix', () => {
    expect(acls('leaderboard-service').filter(({ resource }) => resource.type === 'group')).toEqual([
      {
        type: 'allow',
        resource: { type: 'group', name: 'quizboard-leaderboard-service-', patternType: 'prefix' },
        operations: ['Read', 'Describe'],
      },
    ])
  })
  it('topics and users carry the cluster’s label, without which Strimzi never looks at them', () => {
    for (const { kind, metadata } of objects)
      if (['KafkaTopic', 'KafkaUser', 'KafkaNodePool'].includes(kind))
        expect(metadata.labels?.['strimzi.io/cluster']).toBe('quizboard')
  })
  it('two copies must be written where there are three', () => {
    expect(find(objects, 'KafkaTopic/quizboard-quiz.scores')).toMatchObject({
      spec: {
        topicName: 'school.quiz.scores',
        partitions: 12,
        replicas: 3,
        config: { 'min.insync.replicas': '2', 'cleanup.policy': 'delete' },
      },
    })
    expect(
      find(synth({ ...OPERATORS, kafka: { strimzi: { replicas: 1 } } }), 'KafkaTopic/quizboard-quiz.scores'),
    ).toMatchObject({
      spec: { replicas: 1, config: { 'min.insync.replicas': '1' } },
    })
  })
  it('whoever mends dead letters reads those, and sends what was mended', () => {
    const user = find(synth({ ...OPERATORS, kafka: { strimzi: { adminUser: true } } }), 'KafkaUser/quizboard-admin')
    const acls: Json[] = user.spec.authorization.acls
    const may = (operation: string) =>
      acls.filter(({ operations }) => operations.includes(operation)).map(({ resource }) => resource.name)
    expect(may('Read')).toEqual(['quiz.scores.dlq', 'quizboard-dead-letters-'])
    expect(may('Write')).toEqual(['quiz.players', 'quiz.scores'])
  })
  it('a foreign producer may write scores, and nothing else', () => {
    const user = find(
      synth({ ...OPERATORS, kafka: { strimzi: { foreignProducers: ['importer'] } } }),
      'KafkaUser/quizboard-importer',
    )
    expect(user).toMatchObject({
      spec: { authorization: { acls: [{ resource: { name: 'quiz.scores' }, operations: ['Write', 'Describe'] }] } },
    })
  })
})
