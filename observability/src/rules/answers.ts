/** Answers: whether they are taken, how fast, and whether each of them reaches the boards. */
import { alert, PLATFORM, type Rule, record, type Select } from './rule.ts'

const ROUTE = 'service="answer-service",route="/api/v1/answers/:quiz_id"'

/** Requests that never reached an answer-service count, and as failed: the gateway tells of them. */
const requests = (m: Select) => `sum by (${PLATFORM}) (
  rate(${m('quizboard_http_request_duration_seconds_count', ROUTE)}[5m])
    or rate(${m('quizboard_gateway_unavailable_total', 'backend="answer-service"')}[5m])
)`
/** An answer that comes while its question closes gets a 503 as well, and by design: its page asks again and learns what became of it. */
const errors = (m: Select) => `sum by (${PLATFORM}) (
  rate(${m('quizboard_http_request_duration_seconds_count', `${ROUTE},status=~"5.."`)}[5m])
    or rate(${m('quizboard_gateway_unavailable_total', 'backend="answer-service"')}[5m])
    or -rate(${m('quizboard_answers_rejected_total', 'code="closing"')}[5m])
)`

export const answerRules = (m: Select): Rule[] => [
  record(
    'quizboard:answers_accepted:rate2m',
    `sum by (${PLATFORM}) (rate(${m('quizboard_answers_accepted_total')}[2m]))`,
  ),
  record('quizboard:answer_requests:rate5m', requests(m)),
  record('quizboard:answer_errors:rate5m', errors(m)),
  record(
    'quizboard:answer_duration_seconds:p99_5m',
    `histogram_quantile(0.99, sum by (${PLATFORM}, le) (
  rate(${m('quizboard_http_request_duration_seconds_bucket', `${ROUTE},method="POST"`)}[5m])
))`,
  ),
  alert({
    name: 'QuizboardAnswersFailing',
    severity: 'critical',
    for: '1m',
    // At least five within the five minutes: one unlucky request of a small quiz wakes nobody.
    expr: `${m('quizboard:answer_errors:rate5m')} / ${m('quizboard:answer_requests:rate5m')} > 0.05
  and ${m('quizboard:answer_errors:rate5m')} * 300 >= 5`,
    summary: '{{ $value | humanizePercentage }} of the requests to the answer-service fail',
    description:
      'Players see that their answers are not taken; their pages send them again until they are. Look whether MongoDB has a primary and whether ' +
      'answer-services are ready.',
  }),
  alert({
    name: 'QuizboardAnswersSlow',
    severity: 'warning',
    for: '5m',
    expr: `${m('quizboard:answer_duration_seconds:p99_5m')} > 1
  and ${m('quizboard:answer_requests:rate5m')} > 0.1`,
    summary: 'One in a hundred answers takes longer than {{ $value | humanizeDuration }}',
    description:
      'Answers wait for their commit in MongoDB. Compare quizboard_answers_commit_duration_seconds with the event loop of the answer-services: ' +
      'the first says the store is slow, the second that there are too few replicas.',
  }),
  alert({
    name: 'QuizboardOutboxStuck',
    severity: 'critical',
    for: '1m',
    expr: `max by (${PLATFORM}, service) (
  ${m('quizboard_answers_outbox_oldest_seconds')} or ${m('quizboard_outbox_oldest_seconds')}
) > 30`,
    summary: 'The {{ $labels.service }} cannot bring its events to Kafka for {{ $value | humanizeDuration }}',
    description:
      'What happens is stored and not lost, but boards and screens do not show it. Look whether Kafka has enough brokers in sync for writes, and ' +
      'for "wait in the outbox" or "could not be sent" in the logs of the service.',
  }),
  alert({
    name: 'QuizboardScoreEventsRefused',
    severity: 'critical',
    for: '0m',
    expr: `sum by (${PLATFORM}) (increase(${m('quizboard_answers_events_refused_total')}[15m])) > 0`,
    summary: 'Kafka refuses score events for good',
    description:
      'The answers are stored, their points are missing on the boards. The logs of the answer-services name the event and the reason ("the log refuses"). ' +
      'Mend the topic, then mend each board: npm run rebuild.',
  }),
]

/** How long the comparison below looks back, and what may still be on its way at either end. */
const BACK = '1h'
const UNDER_WAY = '2m'
/** One series a process; `quizboard`: all services in one. */
const PROCESSES = 'service=~"answer-service|leaderboard-service|quizboard"'

/**
 * Accepted ≠ scored. Both counters are sums over processes, so the difference of the two has any value once a process was
 * replaced; while all processes stay it moves only by answers on their way, and by answers that are lost. So:
 * - compared is how much the difference has grown in an hour, in raw values: `increase` would extrapolate, and be off by one;
 * - answers of the last two minutes at either end may be on their way (and seen by different scrapes): that many are allowed.
 *   When nobody plays at either end, none is, and one lost answer is told;
 * - an hour in which a replica of either service came, went or started again says nothing.
 * Answers that `reveal` holds back are not counted before they are due, so they make no difference.
 */
export const balanceRules = (m: Select): Rule[] => {
  const sum = (series: string) => `sum by (${PLATFORM}) (${series})`
  const counted = m('quizboard_answers_counted_total')
  const process = m('process_start_time_seconds', PROCESSES)
  return [
    record('quizboard:answers_unscored:difference', `${sum(counted)} - ${sum(m('quizboard_answers_scored_total'))}`),
    record(
      'quizboard:answers_under_way:max',
      `ceil(${sum(`increase(${counted}[${UNDER_WAY}])`)} + ${sum(`increase(${counted}[${UNDER_WAY}] offset ${BACK})`)})`,
    ),
    record(
      'quizboard:answer_processes:changes1h',
      // Gone, come, and started again in their place.
      `2 * count by (${PLATFORM}) (count_over_time(${process}[${BACK}]))
  - count by (${PLATFORM}) (${process})
  - count by (${PLATFORM}) (${process} offset ${BACK})
  + ${sum(`changes(${process}[${BACK}])`)}`,
    ),
    alert({
      name: 'QuizboardAnswersNotScored',
      severity: 'critical',
      for: '5m',
      expr: `${m('quizboard:answers_unscored:difference')} - ${m('quizboard:answers_unscored:difference')} offset ${BACK}
  > ${m('quizboard:answers_under_way:max')}
  and ${m('quizboard:answer_processes:changes1h')} == 0`,
      summary: '{{ $value }} answers of the last hour are missing on the boards',
      description:
        'The answers are stored, and counted in the totals of the answer-service, but no board has applied their events. Look at the other alerts first: an ' +
        'outbox that is stuck or a consumer that is behind explains it. If there is none, compare the boards of the quizzes of that hour: npm run rebuild.',
    }),
  ]
}
