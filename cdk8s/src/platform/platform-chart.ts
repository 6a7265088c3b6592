/** A whole platform: every object, as a chart of cdk8s. */
import type { RuleGroup } from '@quizboard/observability/rules/rule.ts'
import { Chart } from 'cdk8s'
import type { Construct } from 'constructs'
import { SERVICES } from '../crd/status.ts'
import { addObject } from '../kinds/kind.ts'
import { configMap } from '../kinds/kubernetes.ts'
import { addDashboard } from '../monitoring/dashboard.ts'
import { addMonitors, addRules } from '../monitoring/monitors.ts'
import { addHttpRoute, addIngress } from '../network/exposure.ts'
import { addNetworkPolicies } from '../network/policies.ts'
import { publicKeys } from '../secrets/names.ts'
import { BundledKafkaStore, BundledMongodbStore, BundledPostgresqlStore } from '../stores/bundled-stores.ts'
import { CnpgPostgresqlStore } from '../stores/cnpg-postgresql.ts'
import { CommunityMongodbStore } from '../stores/mongodb-community.ts'
import { StrimziKafkaCluster } from '../stores/strimzi-kafka.ts'
import { addMigrateJob, addTopicsJob } from '../workloads/jobs.ts'
import { ServiceWorkload } from '../workloads/service-workload.ts'
import { type Build, labelsOf } from './build.ts'

export interface PlatformOptions {
  /** The public half of the signing key, as a JWKS; undefined: not known yet, so it is left out. */
  publicJwks?: object | undefined
  /** Instead of our own rules. */
  ruleGroups?: readonly RuleGroup[] | undefined
}

export class PlatformChart extends Chart {
  constructor(scope: Construct, build: Build, { publicJwks, ruleGroups }: PlatformOptions = {}) {
    super(scope, build.name, { namespace: build.namespace, disableResourceNameHashes: true })
    addStores(this, build)
    if (publicJwks) addPublicKeys(this, build, publicJwks)
    addTopicsJob(this, build)
    addMigrateJob(this, build)
    for (const service of SERVICES) new ServiceWorkload(this, build, service)
    addIngress(this, build)
    addHttpRoute(this, build)
    addNetworkPolicies(this, build)
    addMonitors(this, build)
    addRules(this, build, ruleGroups)
    addDashboard(this, build)
  }
}

const addStores = (scope: Construct, build: Build): void => {
  const { kafka, mongodb, postgresql } = build.spec
  if (kafka.strimzi) new StrimziKafkaCluster(scope, build, kafka.strimzi)
  if (kafka.bundled) new BundledKafkaStore(scope, build, kafka.bundled)
  if (mongodb.mongodbCommunity) new CommunityMongodbStore(scope, build, mongodb.mongodbCommunity)
  if (mongodb.bundled) new BundledMongodbStore(scope, build, mongodb.bundled)
  if (postgresql.cnpg) new CnpgPostgresqlStore(scope, build, postgresql.cnpg)
  if (postgresql.bundled) new BundledPostgresqlStore(scope, build, postgresql.bundled)
}

const addPublicKeys = (scope: Construct, build: Build, jwks: object): void => {
  const { name, key } = publicKeys(build)
  addObject(scope, configMap, { name, labels: labelsOf(build, 'platform') }, { data: { [key]: JSON.stringify(jwks) } })
}
