/** A WebSocket whose other end is the test. */
import type { ServerFrame } from '@quizboard/shared/contracts/frames.ts'
import type { SocketLike } from './socket.ts'

export interface FakeSocket extends SocketLike {
  sent: unknown[]
  isClosed: boolean
  open(): void
  receive(frame: ServerFrame | string): void
  drop(code: number): void
}

export const createFakeSocket = (): FakeSocket => {
  const socket: FakeSocket = {
    sent: [],
    isClosed: false,
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (text) => void socket.sent.push(JSON.parse(text)),
    close: () => {
      socket.isClosed = true
    },
    open: () => socket.onopen?.(),
    receive: (frame) => socket.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) }),
    drop: (code) => socket.onclose?.({ code }),
  }
  return socket
}
