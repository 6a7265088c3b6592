/** `npm run bundle [-- service…]`: what goes into the images, in dist/<service>: the program with all that it loads, and a Dockerfile. */
import { chooseDeployables, makeBundles } from '../lib/images/make-bundles.ts'

try {
  await makeBundles(chooseDeployables(process.argv.slice(2)), { say: console.log })
  console.log('In dist/.')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
