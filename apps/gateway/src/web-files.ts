/**
 * The built web pages, held in memory with their compressed variants: a few hundred KiB, read once at the start, so that no
 * request touches the disk and no path of a request ever becomes a path of a file.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

interface WebFile {
  type: string
  etag: string
  /** Its name changes with its content. */
  immutable: boolean
  /** By content coding; `identity` is always there. */
  variants: { br?: Buffer; gzip?: Buffer; identity: Buffer }
}

export interface WebFiles {
  /** By path of the URL, e.g. `/assets/index-B1x2.js`. */
  find(path: string): WebFile | undefined
  /** What every page address of the single-page application is answered with; undefined: the pages were not built. */
  readonly index: WebFile | undefined
  /**
   * Tells the pages by which origin other people's devices reach us, for links and QR codes. `always`: also when the page itself
   * was opened by another origin than this computer's own names (QUIZBOARD_PUBLIC_URL).
   */
  announceOrigin(origin: string, options: { always: boolean }): Promise<void>
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
}
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt'])
const LEAST_BYTES_TO_COMPRESS = 1_024

/** Reads the files below `folder`; hidden ones are left out. A folder that is missing gives no files. */
export const loadWebFiles = async (folder: string): Promise<WebFiles> => {
  const files = new Map<string, WebFile>()
  await Promise.all(
    listFiles(folder).map(async (name) => {
      files.set(`/${name.split(sep).join('/')}`, await loadFile(join(folder, name)))
    }),
  )
  return {
    find: (path) => files.get(path),
    get index() {
      return files.get(INDEX)
    },
    announceOrigin: async (origin, { always }) => {
      const page = files.get(INDEX)?.variants.identity.toString('utf8')
      if (page === undefined) return
      const meta = `<meta name="quizboard-${always ? 'origin' : 'network-origin'}" content="${escapeAttribute(origin)}">`
      files.set(INDEX, await fileOf(INDEX, Buffer.from(page.replace('</head>', `${meta}</head>`))))
    },
  }
}

const INDEX = '/index.html'

const escapeAttribute = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const listFiles = (folder: string): string[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  } catch {
    return []
  }
}

const loadFile = (path: string): Promise<WebFile> => fileOf(path, readFileSync(path))

const fileOf = async (path: string, identity: Buffer): Promise<WebFile> => {
  const extension = extname(path)
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    etag: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    immutable: path.includes(`${sep}assets${sep}`),
    variants: {
      identity,
      ...(COMPRESSIBLE.has(extension) && identity.length >= LEAST_BYTES_TO_COMPRESS && (await compress(identity))),
    },
  }
}

const compress = async (content: Buffer) => {
  // Quality 9 of 11: within a few per cent of the smallest, and tens of milliseconds instead of a second at the start.
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  const [br, gzipped] = await Promise.all([promisify(brotliCompress)(content, options), promisify(gzip)(content)])
  return { br, gzip: gzipped }
}

/** Answers a GET or HEAD with this file: compressed if the client takes it, 304 if it has it. */
export const sendFile = (
  file: WebFile,
  method: string,
  headers: IncomingHttpHeaders,
  response: ServerResponse,
): void => {
  const coding = chooseCoding(file, headers['accept-encoding'])
  const content = file.variants[coding] ?? file.variants.identity
  // Each variant is another representation, so it has an entity tag of its own.
  const etag = `"${file.etag}${coding === 'identity' ? '' : `-${coding}`}"`
  response.setHeader('Vary', 'Accept-Encoding')
  response.setHeader('ETag', etag)
  response.setHeader('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
    response.writeHead(304).end()
    return
  }
  response.setHeader('Content-Type', file.type)
  response.setHeader('Content-Length', content.length)
  if (coding !== 'identity') response.setHeader('Content-Encoding', coding)
  response.writeHead(200).end(method === 'HEAD' ? undefined : content)
}

const chooseCoding = (file: WebFile, accepted: string | undefined): 'br' | 'gzip' | 'identity' => {
  const takes = (coding: string) =>
    accepted?.split(',').some((part) => {
      const [name, ...parameters] = part.trim().toLowerCase().split(';')
      return name?.trim() === coding && !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter))
    })
  if (file.variants.br && takes('br')) return 'br'
  if (file.variants.gzip && takes('gzip')) return 'gzip'
  return 'identity'
}
