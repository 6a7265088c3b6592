import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FIELDS } from '../../cdk8s/src/workloads/images.ts'
import { DEPLOYABLES } from './images/deployables.ts'
import { root } from './run.ts'

const tiltfile = readFileSync(join(root, 'Tiltfile'), 'utf8')

it('the Tiltfile builds everything that has an image, for the right field of the resource', () => {
  for (const { name } of DEPLOYABLES) expect(tiltfile).toContain(`'${name}'`)
  for (const [name, field] of Object.entries(FIELDS)) expect(tiltfile).toContain(`'${name}': ('${field}', [`)
})

it('the folders that it watches, and the chart, are there', () => {
  const paths = [...tiltfile.matchAll(/'((?:apps|cdk8s|charts)\/[\w./-]+)'/g)].map(([, path]) => path as string)
  expect(paths.length).toBeGreaterThan(8)
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
