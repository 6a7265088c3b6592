/** What players, hosts and screens get: the rows that one looks at during a quiz. */
import { graph, m, number, orZero, type Panel, quantile, rate, sumRate } from './parts.ts'

const ANSWERS = 'service="answer-service",route="/api/v1/answers/:quiz_id"'
const HTTP = 'quizboard_http_request_duration_seconds'

const one = (title: string, about: string, unit: Panel['unit'], expr: string): Panel => ({
  title,
  about,
  unit,
  queries: [{ expr, legend: title }],
})
const percentiles = (histogram: string, matchers?: string): Panel['queries'] =>
  [0.5, 0.9, 0.99].map((q) => ({
    expr: quantile(q, histogram, matchers === undefined ? {} : { matchers }),
    legend: `p${q * 100}`,
  }))

export const overview = () => [
  number(
    one(
      'Players',
      'Players who are connected.',
      'short',
      orZero(`sum(${m('quizboard_live_viewers', 'role="player"')})`),
    ),
  ),
  number(one('Answers', 'Answers accepted a second.', 'ops', `sum(${rate('quizboard_answers_accepted_total')})`)),
  number(
    one(
      'Answer p99',
      'From the request to the reply, of answers.',
      's',
      quantile(0.99, HTTP, { matchers: `${ANSWERS},method="POST"` }),
    ),
    { warn: 0.5, bad: 1 },
  ),
  number(
    one(
      'Failed',
      'Share of the requests to the answer-service that fail (5xx), without answers that came while their question closed.',
      'percentunit',
      orZero(
        `clamp_min(sum(${rate(`${HTTP}_count`, `${ANSWERS},status=~"5.."`)} or -${rate('quizboard_answers_rejected_total', 'code="closing"')}), 0)` +
          ` / (sum(${rate(`${HTTP}_count`, ANSWERS)}) > 0)`,
      ),
    ),
    { warn: 0.01, bad: 0.05 },
  ),
  number(
    one(
      'Frame p99',
      'From a score event in the log to the last frame that shows it.',
      's',
      quantile(0.99, 'quizboard_live_frame_age_seconds'),
    ),
    { warn: 1, bad: 2 },
  ),
  number(
    one(
      'Oldest in an outbox',
      'How long events wait for Kafka.',
      's',
      `max(${m('quizboard_answers_outbox_oldest_seconds')} or ${m('quizboard_outbox_oldest_seconds')})`,
    ),
    { warn: 5, bad: 30 },
  ),
  number(
    one(
      'Worst consumer',
      'How far behind the log the slowest consumer is.',
      's',
      `max(${m('quizboard_consumer_lag_seconds')})`,
    ),
    { warn: 5, bad: 30 },
  ),
  number(
    one(
      'Without an owner',
      'Partitions of the boards that nobody owns, as the best informed replica knows.',
      'short',
      `min(${m('quizboard_board_partitions_orphaned')})`,
    ),
    { warn: 1, bad: 1 },
  ),
]

export const answers = () => [
  graph(
    {
      title: 'Answers',
      about: 'Accepted, and refused by code. Refusals are the players’ own as a rule: too late, or given twice.',
      unit: 'ops',
      queries: [
        { expr: sumRate('quizboard_answers_accepted_total', 'service'), legend: 'accepted' },
        { expr: orZero(sumRate('quizboard_answers_rejected_total', 'code')), legend: '{{code}}' },
      ],
    },
    { stacked: true },
  ),
  graph({
    title: 'Time of an answer',
    about: 'From the request to the reply. It holds a commit in MongoDB by a majority.',
    unit: 's',
    queries: percentiles(HTTP, `${ANSWERS},method="POST"`),
  }),
  graph(
    {
      title: 'Requests by status',
      about:
        'Of the answer-service. 429: a player sends too fast. 503: it cannot store, or does not know the question yet.',
      unit: 'reqps',
      queries: [{ expr: sumRate(`${HTTP}_count`, 'status', 'service="answer-service"'), legend: '{{status}}' }],
    },
    { stacked: true },
  ),
  graph({
    title: 'Commits',
    about: 'One transaction with all the answers that came meanwhile. If it is slow, MongoDB is.',
    unit: 's',
    queries: [
      { expr: quantile(0.5, 'quizboard_answers_commit_duration_seconds'), legend: 'p50' },
      { expr: quantile(0.99, 'quizboard_answers_commit_duration_seconds'), legend: 'p99' },
    ],
  }),
  graph({
    title: 'Players of a commit',
    about:
      'It grows with the load: that is what keeps commits few. At 256 a batch is full, and answers wait for the next one.',
    unit: 'short',
    queries: [
      {
        expr: `sum(${rate('quizboard_answers_commit_size_sum')}) / sum(${rate('quizboard_answers_commit_size_count')})`,
        legend: 'mean',
      },
      { expr: quantile(0.99, 'quizboard_answers_commit_size'), legend: 'p99' },
    ],
  }),
  graph({
    title: 'Held back',
    about: 'Answers of open questions under reveal. They are counted when the question closes.',
    unit: 'short',
    queries: [{ expr: `max(${m('quizboard_answers_held')})`, legend: 'held' }],
  }),
]

export const screens = () => [
  graph(
    {
      title: 'Players and screens',
      about: 'Sockets that are shown a quiz, by role.',
      unit: 'short',
      queries: [{ expr: `sum by (role) (${m('quizboard_live_viewers')})`, legend: '{{role}}' }],
    },
    { stacked: true },
  ),
  graph({
    title: 'From the log to the frame',
    about: 'Age of the oldest change in a tick when the last viewer has it.',
    unit: 's',
    queries: percentiles('quizboard_live_frame_age_seconds'),
  }),
  graph({
    title: 'Between two ticks',
    about: '50 ms as a rule; it widens under load, so that boards come less often and nothing stands still.',
    unit: 's',
    queries: percentiles('quizboard_live_tick_interval_seconds'),
  }),
  graph(
    {
      title: 'Frames',
      about: 'Written to sockets, by type.',
      unit: 'ops',
      queries: [{ expr: sumRate('quizboard_live_frames_sent_total', 'type'), legend: '{{type}}' }],
    },
    { stacked: true },
  ),
  graph({
    title: 'Slow viewers',
    about: 'They have not taken what was written to them: their next board replaces the one that waits.',
    unit: 'short',
    queries: [{ expr: `sum(${m('quizboard_live_behind')})`, legend: 'behind' }],
  }),
  graph(
    {
      title: 'Sockets closed by us',
      about: 'By reason. service/restarting: a replica leaves. service/full: there are too few.',
      unit: 'ops',
      queries: [{ expr: orZero(sumRate('quizboard_live_refused_total', 'code')), legend: '{{code}}' }],
    },
    { stacked: true },
  ),
]

export const hosts = () => [
  graph(
    {
      title: 'Steps of hosts',
      about: 'Changes of quizzes, by command.',
      unit: 'ops',
      queries: [{ expr: orZero(sumRate('quizboard_lifecycle_changes_total', 'command')), legend: '{{command}}' }],
    },
    { stacked: true },
  ),
  graph({
    title: 'Joins',
    about: 'Players who joined, a second.',
    unit: 'ops',
    queries: [{ expr: `sum(${rate('quizboard_players_joined_total')})`, legend: 'joins' }],
  }),
  graph({
    title: 'Corrected keys under way',
    about: 'Keys by which not all answers are judged yet. It should be seconds.',
    unit: 'short',
    queries: [{ expr: `max(${m('quizboard_regrades_under_way')})`, legend: 'under way' }],
  }),
]
