/** The web pages: files by their path, and the single-page application for every address that a browser navigates to. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setApiHeaders } from '@quizboard/shared/http/api-headers.ts'
import { type EdgeProblem, noRoute, sendProblem } from '@quizboard/shared/http/edge-problems.ts'
import { createPageHeaders } from './page-headers.ts'
import { sendFile, type WebFiles } from './web-files.ts'

/** `https`: browsers reach us by HTTPS, through a proxy. */
export const createPages = ({ web, https }: { web: WebFiles; https: boolean }) => {
  const setPageHeaders = createPageHeaders({ https })
  return (request: IncomingMessage, response: ServerResponse, path: string): void => {
    const method = request.method ?? ''
    const isPage = path === '/' || isNavigation(request, path)
    const file = isPage ? web.index : web.find(path)
    if (file && (method === 'GET' || method === 'HEAD')) {
      setPageHeaders(request, response)
      sendFile(file, method, request.headers, response)
      return
    }
    setApiHeaders(response)
    sendProblem(response, file ? METHOD_NOT_ALLOWED : isPage ? NOT_BUILT : noRoute(path))
  }
}

/** A browser going to a page of the application, whose address has no file: not a script, a picture or a stray API call. */
const isNavigation = (request: IncomingMessage, path: string) =>
  request.headers.accept?.includes('text/html') && !path.slice(path.lastIndexOf('/')).includes('.')

const NOT_BUILT: EdgeProblem = {
  code: 'service/unavailable',
  detail: 'The web pages have not been built: start with `npm start`, or run `npm run build`',
  headers: { 'Retry-After': '10' },
}
const METHOD_NOT_ALLOWED: EdgeProblem = {
  code: 'method/not_allowed',
  detail: 'Pages are only read',
  headers: { Allow: 'GET, HEAD' },
}
