/** Rules as Prometheus and its operator's PrometheusRule have them. */
export interface Rule {
  alert?: string
  record?: string
  expr: string
  for?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}
export interface RuleGroup {
  name: string
  interval?: string
  rules: Rule[]
}

/**
 * Names a series, with matchers of its own and those of the platform that the rules are for: `m('up', 'job="x"')`. Every series in a
 * rule is named by it, recorded ones too, so that rules for one platform see that platform alone.
 */
export type Select = (name: string, matchers?: string) => string

/** `matchers`: of the platform; none: of every platform that Prometheus scrapes. */
export const selectBy =
  (matchers: string): Select =>
  (name, own) => {
    const all = [matchers, own].filter(Boolean).join(',')
    return all === '' ? name : `${name}{${all}}`
  }

/** What tells one platform from another; a plain Prometheus without these labels has one platform. */
export const PLATFORM = 'namespace, app_kubernetes_io_instance'

/** `critical`: players notice now, or points may be lost; somebody is to be woken. `warning`: within the day. */
export type Severity = 'critical' | 'warning'

export interface AlertSource {
  name: string
  severity: Severity
  /** How long it must be so before the alert fires. */
  for: string
  expr: string
  /** One line; may name labels of the result. */
  summary: string
  /** What it means and what to do first. */
  description: string
}

const RUNBOOK = 'docs/operations/alerts.md'

export const alert = ({ name, severity, for: lasts, expr, summary, description }: AlertSource): Rule => ({
  alert: name,
  expr,
  for: lasts,
  labels: { severity },
  annotations: { summary, description, runbook_url: `${RUNBOOK}#${name.toLowerCase()}` },
})

export const record = (name: string, expr: string): Rule => ({ record: name, expr })
