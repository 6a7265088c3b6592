/** What each user of Kafka may do: the least that its work needs, as Strimzi's ACLs. */
import { TOPIC_SETTINGS } from '@quizboard/shared/adapters/kafka-event-log/topic-settings.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { KafkaClient } from '../connections/kafka.ts'
import type { Acl, AclOperation } from '../kinds/strimzi.ts'
import type { Build } from '../platform/build.ts'

interface Access {
  reads: string[]
  writes: string[]
}

/** Who reads and writes which topic. Definitions hold the keys: only the answer-service may read them. */
export const ACCESS: Readonly<Record<KafkaClient, Access>> = {
  'quiz-service': {
    reads: [TOPICS.lifecycle],
    writes: [TOPICS.definitions, TOPICS.lifecycle, TOPICS.players],
  },
  'answer-service': { reads: [TOPICS.definitions, TOPICS.lifecycle], writes: [TOPICS.scores] },
  'leaderboard-service': {
    reads: [TOPICS.lifecycle, TOPICS.players, TOPICS.scores],
    // It moves foreign events that are in the wrong partition.
    writes: [TOPICS.scores, TOPICS.deadLetters],
  },
}

/** Of the command dead-letters: a mended letter goes where it should have been. */
export const ADMIN: Access = { reads: [TOPICS.deadLetters], writes: [TOPICS.scores, TOPICS.players] }
export const DEAD_LETTERS_GROUP = 'quizboard-dead-letters-'

const topicAcl = (build: Build, topic: string, operations: AclOperation[]): Acl => ({
  type: 'allow',
  resource: { type: 'topic', name: build.spec.topicPrefix + topic, patternType: 'literal' },
  operations,
})

/** `groups`: what the names of its consumer groups begin with. */
export const accessAcls = (build: Build, { reads, writes }: Access, groups: string): Acl[] => {
  const topics = Object.keys(TOPIC_SETTINGS).map((topic) =>
    topicAcl(build, topic, [
      ...(reads.includes(topic) ? (['Read'] as const) : []),
      ...(writes.includes(topic) ? (['Write'] as const) : []),
      // Every service checks all topics when it opens the log: that they are there, with the right partitions and policy.
      'Describe',
      'DescribeConfigs',
    ]),
  )
  const group: Acl = {
    type: 'allow',
    resource: { type: 'group', name: groups, patternType: 'prefix' },
    operations: ['Read', 'Describe'],
  }
  return [...topics, group]
}

export const producerAcls = (build: Build): Acl[] => [topicAcl(build, TOPICS.scores, ['Write', 'Describe'])]
