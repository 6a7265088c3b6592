import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../run.ts'
import { DEPLOYABLES } from './deployables.ts'
import { bundledDockerfile } from './dockerfile.ts'

const whole = readFileSync(join(root, 'Dockerfile'), 'utf8')
const instructions = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

describe('the repository’s Dockerfile', () => {
  it('says the version of package.json, and which services there are', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(whole).toContain(`\nARG VERSION=${version}\n`)
    for (const { name } of DEPLOYABLES) expect(whole.split('\n')[0]).toContain(name)
  })
  it('starts both stages from the same Node', () => {
    const bases = [...whole.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm)].map(([, base]) => base)
    expect(bases).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim'])
  })
})

describe('the Dockerfile of a bundle', () => {
  it('is the last stage, with the bundle beside it and its values filled in', () => {
    const made = bundledDockerfile({ SERVICE: 'gateway', VERSION: '1.2.3-rc.1', SOURCE: 'https://example.org/q' })
    expect(made).toContain('\nARG SERVICE=gateway\nARG VERSION=1.2.3-rc.1\n')
    expect(made).toContain('\nARG SOURCE=https://example.org/q\n')
    const left = instructions(made).filter((line) => !instructions(whole).includes(line))
    expect(left.filter((line) => !line.startsWith('ARG '))).toEqual(['COPY app/ /app/'])
  })
  it('takes a value that is the default already', () => {
    expect(bundledDockerfile({ REVISION: 'unknown' })).toContain('ARG REVISION=unknown')
  })
  it('is refused a value that could become another instruction, and a name that nothing uses', () => {
    expect(() => bundledDockerfile({ VERSION: '1\nRUN sh' })).toThrow('VERSION of an image cannot be "1\\nRUN sh"')
    expect(() => bundledDockerfile({ VERSON: '1' })).toThrow('Dockerfile has no ARG VERSON')
    expect(() => bundledDockerfile({}, 'FROM scratch')).toThrow('FROM … AS image')
  })
})
