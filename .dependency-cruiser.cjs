/** The import direction: domain ← ports ← app ← adapters ← main; services never import each other. */
const service = '^apps/(quiz-service|answer-service|leaderboard-service)/src'
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'services-stay-apart',
      severity: 'error',
      from: { path: '^apps/(quiz-service|answer-service|leaderboard-service|gateway)/' },
      to: {
        path: '^(cdk8s|apps/(quiz-service|answer-service|leaderboard-service|gateway|quizboard|operator|web))/',
        pathNot: '^apps/$1/',
      },
    },
    {
      name: 'kubernetes-is-built-on-shared-code-alone',
      severity: 'error',
      from: { path: '^(cdk8s|apps/operator)/' },
      to: { path: '^apps/(?!shared/|operator/)' },
    },
    {
      name: 'cdk8s-knows-no-operator',
      severity: 'error',
      from: { path: '^cdk8s/' },
      to: { path: '^apps/operator/' },
    },
    {
      name: 'shared-imports-no-app',
      severity: 'error',
      from: { path: '^apps/shared/' },
      to: { path: '^(cdk8s/|apps/(?!shared/))' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: `${service}/domain/`, pathNot: '\\.test\\.ts$' },
      to: { path: ['^node:', `${service}/(ports|app|adapters|main|config)`, 'apps/shared/src/(http|kit|adapters)/'] },
    },
    {
      name: 'ports-know-no-adapter',
      severity: 'error',
      from: { path: `${service}/ports/` },
      to: { path: `${service}/(app|adapters|main)` },
    },
    {
      name: 'app-knows-no-adapter',
      severity: 'error',
      from: { path: `${service}/app/`, pathNot: '\\.test\\.ts$' },
      to: { path: `${service}/(adapters|main)` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
}
