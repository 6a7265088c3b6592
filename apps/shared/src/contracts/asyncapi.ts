/** The AsyncAPI 3.0 document: the frames of the WebSocket and the events of the topics. */
import type { z } from 'zod'
import { definitionEvent, foreignScoreEvent, lifecycleEvent, playerEvent, scoreEvent, TOPICS } from './events.ts'
import { errorFrame, FRAME_LIMIT_BYTES, helloFrame, leaderboardFrame, quizFrame, youFrame } from './frames.ts'
import { createComponents } from './json-schema.ts'

interface Message {
  name: string
  schema: z.ZodType
  summary: string
}

const FROM_CLIENT: readonly Message[] = [
  {
    name: 'hello',
    schema: helloFrame,
    summary: `The first and only frame of a client, at most ${FRAME_LIMIT_BYTES} bytes. epoch and version: the last it saw`,
  },
]
const FROM_SERVER: readonly Message[] = [
  { name: 'quiz', schema: quizFrame, summary: 'The quiz and its current question; the answer only once it is closed' },
  { name: 'leaderboard', schema: leaderboardFrame, summary: 'The top of the board as of (epoch, version)' },
  { name: 'you', schema: youFrame, summary: "The player's own rank and score as of (epoch, version)" },
  { name: 'error', schema: errorFrame, summary: 'What is wrong; a close follows' },
]

interface Topic {
  id: keyof typeof TOPICS
  title: string
  key: string
  kept: string
  messages: readonly Message[]
}
const TOPIC_LIST: readonly Topic[] = [
  {
    id: 'definitions',
    title: 'Questions and keys; only the answer-service may read them',
    key: 'quiz_id',
    kept: 'compacted',
    messages: [
      { name: 'definition', schema: definitionEvent, summary: 'A quiz with its questions, as it was created' },
    ],
  },
  {
    id: 'lifecycle',
    title: 'The state of quizzes',
    key: 'quiz_id',
    kept: 'compacted',
    messages: [{ name: 'lifecycle', schema: lifecycleEvent, summary: 'A quiz as of a revision' }],
  },
  {
    id: 'players',
    title: 'Names and joins',
    key: 'quiz_id/user_id, in the partition of quiz_id',
    kept: 'compacted',
    messages: [{ name: 'player', schema: playerEvent, summary: 'A player has joined' }],
  },
  {
    id: 'scores',
    title: 'Changes of totals',
    key: 'quiz_id',
    kept: 'by time',
    messages: [
      { name: 'score', schema: scoreEvent, summary: 'Sets the total if its revision is newer' },
      {
        name: 'foreignScore',
        schema: foreignScoreEvent,
        summary: 'Adds its score once for each partition and offset; of any producer',
      },
    ],
  },
]

const channelsOf = (): Record<string, unknown> => {
  const messages = (list: readonly Message[]) =>
    Object.fromEntries(list.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]))
  return {
    live: {
      address: '/live/{quiz_id}',
      title: 'A quiz, live',
      description:
        'A WebSocket. The client sends one hello; the server replies at once with quiz, leaderboard and, to players, you, ' +
        'and later with each whose content has changed. Several changes within a tick make one frame.',
      parameters: { quiz_id: { description: 'The id that people join by; matched without regard to case' } },
      messages: messages([...FROM_CLIENT, ...FROM_SERVER]),
      bindings: { ws: { method: 'GET' } },
    },
    ...Object.fromEntries(
      TOPIC_LIST.map(({ id, title, key, kept, messages: list }) => [
        id,
        {
          address: TOPICS[id],
          title,
          description: `Kept ${kept === 'compacted' ? 'as the newest of each key' : kept}. Key: ${key}.`,
          messages: messages(list),
          bindings: {
            kafka: { topicConfiguration: { 'cleanup.policy': [kept === 'compacted' ? 'compact' : 'delete'] } },
          },
        },
      ]),
    ),
    deadLetters: {
      address: TOPICS.deadLetters,
      title: 'What could not be understood or applied, with its reason',
      description: 'Kept by time. The value is the one that was read.',
      messages: {},
    },
  }
}

const operationsOf = (): Record<string, unknown> => {
  const refs = (channel: string, list: readonly Message[]) =>
    list.map(({ name }) => ({ $ref: `#/channels/${channel}/messages/${name}` }))
  return {
    receiveHello: { action: 'receive', channel: { $ref: '#/channels/live' }, messages: refs('live', FROM_CLIENT) },
    sendFrames: { action: 'send', channel: { $ref: '#/channels/live' }, messages: refs('live', FROM_SERVER) },
    ...Object.fromEntries(
      TOPIC_LIST.flatMap(({ id, messages }) => {
        const name = `${id[0]?.toUpperCase()}${id.slice(1)}`
        const channel = { $ref: `#/channels/${id}` }
        return [
          [`publish${name}`, { action: 'send', channel, messages: refs(id, messages) }],
          [`consume${name}`, { action: 'receive', channel, messages: refs(id, messages) }],
        ]
      }),
    ),
  }
}

/** `version`: of the product. The same input gives the same document, byte for byte. */
export const asyncApi = ({ version }: { version: string }): Record<string, unknown> => {
  const components = createComponents()
  const messageOf = ({ name, schema, summary }: Message, io: 'input' | 'output') => [
    name,
    { name, summary, contentType: 'application/json', payload: components.refer(schema, io) },
  ]
  const messages = Object.fromEntries([
    ...FROM_CLIENT.map((message) => messageOf(message, 'input')),
    ...FROM_SERVER.map((message) => messageOf(message, 'output')),
    ...TOPIC_LIST.flatMap((topic) => topic.messages.map((message) => messageOf(message, 'output'))),
  ])
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Quizboard, live and events',
      version,
      description: 'Frames of the WebSocket and events of the topics. Generated from the schemas that validate them.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: channelsOf(),
    operations: operationsOf(),
    components: { messages, schemas: components.schemas },
  }
}
