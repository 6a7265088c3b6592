/**
 * `npm run --silent secrets -- [namespace]`: new Secrets, and the ConfigMap with the public key, for the plain manifests, on standard
 * output: pipe it to `kubectl create -f -`. (`create`, not `apply`: what is there stays.)
 */
import { createSigner } from '../../apps/shared/src/auth/tokens.ts'
import { systemClock, systemRandom } from '../../apps/shared/src/kit/system.ts'
import { PLAIN_NAMESPACE, plainBuild } from '../../cdk8s/src/manifests/plain.ts'
import { labelsOf } from '../../cdk8s/src/platform/build.ts'
import { toYaml } from '../../cdk8s/src/platform/yaml.ts'
import { generatedSecrets } from '../../cdk8s/src/secrets/generated.ts'
import { makeSecret } from '../../cdk8s/src/secrets/make-secret.ts'
import { publicKeys, signingKey } from '../../cdk8s/src/secrets/names.ts'

const [namespace = PLAIN_NAMESPACE] = process.argv.slice(2)
const build = plainBuild('', namespace)
const labels = labelsOf(build, 'platform')
const secrets = []
for (const secret of generatedSecrets(build))
  secrets.push({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret.name, namespace, labels },
    stringData: await makeSecret(secret, systemRandom),
  })
const key = signingKey(build)
const jwk = secrets.find(({ metadata }) => metadata.name === key.name)?.stringData[key.key] ?? ''
const { publicJwks } = createSigner({ privateJwk: JSON.parse(jwk), clock: systemClock })
const keys = publicKeys(build)
const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: keys.name, namespace, labels },
  data: { [keys.key]: JSON.stringify(publicJwks) },
}
process.stdout.write(toYaml([...secrets, configMap]))
