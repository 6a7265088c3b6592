import { KubeConfig } from '@kubernetes/client-node'
import { Trouble } from '@quizboard/shared/process/trouble.ts'

/** As kubectl finds it: KUBECONFIG, the home folder, or the pod's service account. */
export const loadKubeConfig = (): KubeConfig => {
  const config = new KubeConfig()
  try {
    config.loadFromDefault()
  } catch (error) {
    throw new Trouble(`The kubeconfig cannot be used: ${(error as Error).message}`)
  }
  return config
}
