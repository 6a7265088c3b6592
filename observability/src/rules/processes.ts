/** The processes themselves, and what hosts wait for. */
import { alert, PLATFORM, type Rule, type Select } from './rule.ts'

const SERVICES = 'service=~"quiz-service|answer-service|leaderboard-service|gateway|quizboard"'

export const processRules = (m: Select): Rule[] => [
  alert({
    name: 'QuizboardServiceGone',
    severity: 'critical',
    for: '2m',
    // It resolves by itself an hour after the last process: then somebody has wanted it so.
    expr: `group by (${PLATFORM}, service) (last_over_time(${m('process_start_time_seconds', SERVICES)}[1h]))
  unless group by (${PLATFORM}, service) (${m('process_start_time_seconds', SERVICES)})`,
    summary: 'No {{ $labels.service }} is there any more',
    description:
      'None of its processes can be scraped, and there were some within the hour. Look at its pods and their last logs, then at the targets of Prometheus.',
  }),
  alert({
    name: 'QuizboardProcessRestarting',
    severity: 'warning',
    for: '0m',
    // A pod that is replaced is another series: rolling out a version counts nothing.
    expr: `sum by (${PLATFORM}, service) (changes(${m('process_start_time_seconds', SERVICES)}[15m])) > 2`,
    summary: 'The {{ $labels.service }} has ended and started again {{ $value }} times in a quarter of an hour',
    description: 'Its last lines before the end say why; without any it was killed, for its memory as a rule.',
  }),
  alert({
    name: 'QuizboardEventLoopBlocked',
    severity: 'warning',
    for: '10m',
    expr: `max by (${PLATFORM}, service) (${m('nodejs_eventloop_lag_p99_seconds', SERVICES)}) > 0.25`,
    summary: 'A {{ $labels.service }} does everything {{ $value | humanizeDuration }} late',
    description: 'Its processor is used up or throttled. Add replicas, or give each more CPU.',
  }),
  alert({
    name: 'QuizboardRegradeStuck',
    severity: 'warning',
    for: '10m',
    expr: `max by (${PLATFORM}) (${m('quizboard_regrades_under_way')}) > 0`,
    summary: 'A corrected key is not applied to all answers yet',
    description:
      'Some answers are still judged by the old key. It is tried again by itself: the logs of the quiz-service say what it waits for.',
  }),
]

/** Of the operator: it looks after many platforms, so these are not among a platform's own rules. */
export const operatorRules = (m: Select): Rule[] => [
  alert({
    name: 'QuizboardOperatorFailing',
    severity: 'warning',
    for: '15m',
    expr: `sum by (namespace, controller) (
  increase(${m('controller_runtime_reconcile_errors_total', 'controller="quizplatform"')}[10m])
) > 3`,
    summary: 'The operator fails at its platforms again and again',
    description:
      'Running services are not touched by that; changes are not carried out. The conditions of the QuizPlatforms and the Events beside them say what fails.',
  }),
  alert({
    name: 'QuizboardOperatorWithoutLeader',
    severity: 'warning',
    for: '5m',
    expr: `max by (namespace, name) (${m('leader_election_master_status', 'name="quizboard-operator"')}) < 1`,
    summary: 'No replica of the operator leads',
    description:
      'Platforms are not looked after. Look whether the operator can read and write its Lease, and who holds it: kubectl get lease quizboard-operator -o yaml.',
  }),
]
