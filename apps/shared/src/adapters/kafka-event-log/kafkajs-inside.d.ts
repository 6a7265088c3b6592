/** The part of kafkajs 2.2.4 that quiet-queue.ts mends; its types do not tell of it. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface RequestQueueOptions {
    maxInFlightRequests: number | null
    requestTimeout: number
    enforceRequestTimeout: boolean
    clientId: string
    broker: string
    logger: { debug(message: string, extra?: object): void }
  }
  export default class RequestQueue {
    constructor(options: RequestQueueOptions)
    readonly pending: readonly unknown[]
    readonly throttleCheckTimeoutId: object | null
    push(request: {
      entry: { correlationId: number; resolve(reply: unknown): void }
      expectResponse: boolean
      sendRequest(): void
    }): void
    fulfillRequest(response: { correlationId: number; payload: unknown; size: number }): void
    checkPendingRequests(): void
    scheduleCheckPendingRequests(): void
    destroy(): void
  }
}
