/** The way from the log to the screens: consumers, owners of partitions, flushes, frames. */
import { alert, PLATFORM, type Rule, record, type Select } from './rule.ts'

export const boardRules = (m: Select): Rule[] => [
  record(
    'quizboard:frame_age_seconds:p99_5m',
    `histogram_quantile(0.99, sum by (${PLATFORM}, le) (rate(${m('quizboard_live_frame_age_seconds_bucket')}[5m])))`,
  ),
  record(
    'quizboard:consumer_lag_seconds:max',
    `max by (${PLATFORM}, service, topic) (${m('quizboard_consumer_lag_seconds')})`,
  ),
  alert({
    name: 'QuizboardConsumerBehind',
    severity: 'critical',
    for: '1m',
    expr: `${m('quizboard:consumer_lag_seconds:max')} > 30`,
    summary: 'The {{ $labels.service }} is {{ $value | humanizeDuration }} behind on {{ $labels.topic }}',
    description:
      'What was sent before that is not handled yet: boards stand still, or answers to new questions are refused. If quizboard_consumer_failures_total rises, ' +
      'the logs of the service say why a batch cannot be handled; if it does not, Kafka cannot be read.',
  }),
  alert({
    name: 'QuizboardPartitionWithoutOwner',
    severity: 'critical',
    for: '1m',
    // Each replica tells what it sees; one that is cut off must not speak for all.
    expr: `min by (${PLATFORM}) (${m('quizboard_board_partitions_orphaned')}) > 0`,
    summary: '{{ $value }} partitions of the boards have no owner',
    description:
      'The boards of their quizzes stand still, viewers keep the last one. A dead replica is missed after seconds, so nobody can take over: look whether ' +
      'MongoDB has a primary, and at the logs of the leaderboard-services.',
  }),
  alert({
    name: 'QuizboardBoardsNotSaved',
    severity: 'critical',
    for: '2m',
    expr: `sum by (${PLATFORM}, service) (
  ${m('quizboard_board_rows_dirty')} > 0
    unless increase(${m('quizboard_board_flush_duration_seconds_count')}[2m]) > 0
)`,
    summary: '{{ $value }} rows of boards cannot be written',
    description:
      'Boards go on from memory and the log, and stop once too much waits. Look whether MongoDB has a primary and room on its disk; the logs say ' +
      '"could not be flushed".',
  }),
  alert({
    name: 'QuizboardFramesSlow',
    severity: 'warning',
    for: '5m',
    expr: `${m('quizboard:frame_age_seconds:p99_5m')} > 2
  and sum by (${PLATFORM}) (rate(${m('quizboard_live_frame_age_seconds_count')}[5m])) > 0.1`,
    summary: 'Scores reach the screens {{ $value | humanizeDuration }} after the answer',
    description:
      'If the consumers are behind, begin there. Else the leaderboard-services have too many viewers for their processors: look at their event loop ' +
      'and their tick interval, and add replicas.',
  }),
  alert({
    name: 'QuizboardDeadLetters',
    severity: 'warning',
    for: '0m',
    expr: `sum by (${PLATFORM}) (increase(${m('quizboard_board_events_total', 'outcome="dead_letter"')}[15m])) > 0`,
    summary: 'Events were put into the dead-letter topic',
    description:
      'A producer sends what no board can apply, or a board is full. Nothing else is held up. Read the reasons: npm run dead-letters -- export.',
  }),
  alert({
    name: 'QuizboardViewersTurnedAway',
    severity: 'warning',
    for: '2m',
    expr: `sum by (${PLATFORM}, code) (
  rate(${m('quizboard_live_refused_total', 'code=~"service/full|service/unavailable|service/failed"')}[5m])
) > 0.1`,
    summary: 'Viewers are turned away: {{ $labels.code }}',
    description:
      'Their pages come back by themselves. service/full: the replicas have as many sockets as they may, add some. service/unavailable: the owner of a ' +
      'board is not to be reached. service/failed: the logs of the leaderboard-services have the error.',
  }),
]
