/** How it works inside: the rows that one looks at when something is wrong. */
import { graph, m, orZero, quantile, rate, sumRate } from './parts.ts'

export const log = () => [
  graph({
    title: 'Oldest in an outbox',
    about: 'How long events wait for Kafka, by service. Milliseconds as a rule: here it is 0 then.',
    unit: 's',
    queries: [
      {
        expr: `max by (service) (${m('quizboard_answers_outbox_oldest_seconds')} or ${m('quizboard_outbox_oldest_seconds')})`,
        legend: '{{service}}',
      },
    ],
  }),
  graph({
    title: 'Consumer lag',
    about: 'So long ago everything that was in the log then had been handled, by service and topic.',
    unit: 's',
    queries: [
      { expr: `max by (service, topic) (${m('quizboard_consumer_lag_seconds')})`, legend: '{{service}} {{topic}}' },
    ],
  }),
  graph({
    title: 'Failures',
    about: 'Batches that had to be handled again, appends that failed. They are repeated; nothing is lost.',
    unit: 'ops',
    queries: [
      { expr: orZero(sumRate('quizboard_consumer_failures_total', 'service, topic')), legend: '{{service}} {{topic}}' },
      {
        expr: orZero(sumRate('quizboard_log_append_duration_seconds_count', 'service', 'outcome="failed"')),
        legend: 'appends of {{service}}',
      },
    ],
  }),
  graph({
    title: 'Appends',
    about: 'To Kafka, acknowledged by all replicas in sync; the 99th percentile by service.',
    unit: 's',
    queries: [
      { expr: quantile(0.99, 'quizboard_log_append_duration_seconds', { by: 'service' }), legend: '{{service}}' },
    ],
  }),
  graph({
    title: 'From the log to the board',
    about: 'Age of the newest event of a batch when it has been applied; the 99th percentile by topic.',
    unit: 's',
    queries: [{ expr: quantile(0.99, 'quizboard_board_event_age_seconds', { by: 'topic' }), legend: '{{topic}}' }],
  }),
  graph({
    title: 'Counted, scored, shown',
    about:
      'The same answers at three places: in the totals, on the owners’ boards, in versions for the screens. The lines lie on each other.',
    unit: 'ops',
    queries: ['counted', 'scored', 'shown'].map((what) => ({
      expr: `sum(${rate(`quizboard_answers_${what}_total`)})`,
      legend: what,
    })),
  }),
]

export const owners = () => [
  graph(
    {
      title: 'Owners',
      about: 'Partitions owned, by replica. They are spread evenly but for chance, and together all of them.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (instance, pod) (${m('quizboard_board_partitions', 'role="owner"')})`,
          legend: '{{pod}} {{instance}}',
        },
      ],
    },
    { stacked: true },
  ),
  graph({
    title: 'Standbys and take-overs under way',
    about: 'Partitions kept warm beside their owners, and those that are being taken.',
    unit: 'short',
    queries: [
      { expr: `sum by (role) (${m('quizboard_board_partitions', 'role!="owner"')})`, legend: '{{role}}' },
      { expr: `min(${m('quizboard_board_partitions_orphaned')})`, legend: 'without an owner' },
    ],
  }),
  graph({
    title: 'Hand-overs',
    about: 'Partitions that came to a replica: handed over in order, or orphaned by a death.',
    unit: 'short',
    queries: [
      {
        expr: `sum by (how) (increase(${m('quizboard_board_takeover_duration_seconds_count')}[$__rate_interval]))`,
        legend: '{{how}}',
      },
    ],
  }),
  graph({
    title: 'Time of a hand-over',
    about: 'From the decision to take a partition until its boards are served; the 99th percentile.',
    unit: 's',
    queries: [{ expr: quantile(0.99, 'quizboard_board_takeover_duration_seconds', { by: 'how' }), legend: '{{how}}' }],
  }),
  graph({
    title: 'Flushes',
    about: 'One transaction with the changed rows of a partition and its offsets.',
    unit: 's',
    queries: [
      { expr: quantile(0.5, 'quizboard_board_flush_duration_seconds'), legend: 'p50' },
      { expr: quantile(0.99, 'quizboard_board_flush_duration_seconds'), legend: 'p99' },
    ],
  }),
  graph({
    title: 'Rows',
    about: 'Of boards in memory, and those among them that wait for a flush.',
    unit: 'short',
    queries: [
      { expr: `sum(${m('quizboard_board_rows')})`, legend: 'in memory' },
      { expr: `sum(${m('quizboard_board_rows_dirty')})`, legend: 'to be written' },
    ],
  }),
  graph(
    {
      title: 'Events of the owners',
      about: 'By what became of them. dead_letter: it made no sense, or its board is full.',
      unit: 'ops',
      queries: [{ expr: sumRate('quizboard_board_events_total', 'outcome', 'role="owner"'), legend: '{{outcome}}' }],
    },
    { stacked: true },
  ),
  graph({
    title: 'Replicas as the gateway sees them',
    about: 'Ready, by service; and requests that none of them took.',
    unit: 'short',
    queries: [
      { expr: `sum by (backend) (${m('quizboard_gateway_replicas_ready')})`, legend: '{{backend}}' },
      {
        expr: `sum by (backend) (increase(${m('quizboard_gateway_unavailable_total')}[$__rate_interval]))`,
        legend: '{{backend}}: not taken',
      },
    ],
  }),
  graph({
    title: 'Requests of every service',
    about: 'The 99th percentile by service and route, those over the last interval.',
    unit: 's',
    queries: [
      {
        expr: `topk(8, ${quantile(0.99, 'quizboard_http_request_duration_seconds', { by: 'service, route' })})`,
        legend: '{{service}} {{route}}',
      },
    ],
  }),
]

const PROCESS = '{{service}} {{pod}} {{instance}}'
const BY = 'service, instance, pod'

export const processes = () => [
  graph({
    title: 'CPU',
    about: 'Cores that each process uses. Much of a service runs in one thread: near 1 it is full.',
    unit: 'short',
    queries: [{ expr: sumRate('process_cpu_seconds_total', BY, 'service=~".+"'), legend: PROCESS }],
  }),
  graph({
    title: 'Memory',
    about: 'Resident, by process.',
    unit: 'bytes',
    queries: [{ expr: `sum by (${BY}) (${m('process_resident_memory_bytes', 'service=~".+"')})`, legend: PROCESS }],
  }),
  graph({
    title: 'Event loop',
    about: 'How late timers run, one in a hundred. Everything that a process does comes that much later.',
    unit: 's',
    queries: [{ expr: `max by (${BY}) (${m('nodejs_eventloop_lag_p99_seconds', 'service=~".+"')})`, legend: PROCESS }],
  }),
  graph({
    title: 'Age of the processes',
    about: 'Time since each has started: a saw-tooth is a crash loop.',
    unit: 's',
    queries: [
      { expr: `time() - max by (${BY}) (${m('process_start_time_seconds', 'service=~".+"')})`, legend: PROCESS },
    ],
  }),
  graph({
    title: 'Garbage collection',
    about: 'Share of the time, by process.',
    unit: 'percentunit',
    queries: [{ expr: sumRate('nodejs_gc_duration_seconds_sum', BY, 'service=~".+"'), legend: PROCESS }],
  }),
  graph({
    title: 'Alerts',
    about: 'That fire at this moment.',
    unit: 'short',
    queries: [
      {
        expr: orZero(
          'count by (alertname) (ALERTS{alertname=~"Quizboard.+",alertstate="firing",namespace=~"$namespace"})',
        ),
        legend: '{{alertname}}',
      },
    ],
  }),
]
