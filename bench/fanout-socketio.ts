/** socket.io 4 sending the same from the same ranking, as its guide has it: WebSocket only, no compression. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReplica } from '@quizboard/leaderboard-service/app/edge-replica.ts'
import { createRanking } from '@quizboard/leaderboard-service/domain/sorted-ranking.ts'
import { Server, type Socket } from 'socket.io'
import { changeOf, firstRows, QUIZ, QUIZ_ID, serve, TICK_MS } from './fanout-server.ts'

const players = Number(process.argv[2])
const host = process.argv[3] ?? '127.0.0.1'
const replica = createReplica(QUIZ, createRanking)
replica.apply({ kind: 'snapshot', epoch: 1, version: 1, rows: firstRows(players), quiz: QUIZ })

interface Viewer {
  socket: Socket
  handle: number
}
const viewers: Viewer[] = []
const http = createServer()
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  // No heartbeat on either side while the benchmark runs.
  pingInterval: 3_600_000,
})
io.on('connection', (socket) => {
  socket.join(QUIZ_ID)
  const handle = replica.player(String(socket.handshake.auth.token))?.handle
  if (handle !== undefined) viewers.push({ socket, handle })
})

const boardOf = () => {
  const { epoch, version, players } = replica
  return { type: 'leaderboard', quiz_id: QUIZ_ID, epoch, version, players, top: replica.page(0, 10) }
}
const youOf = ({ handle }: Viewer) => {
  const { epoch, version, ranking } = replica
  const [rank, score] = [ranking.rankAt(handle), ranking.scoreAt(handle)]
  return { type: 'you', quiz_id: QUIZ_ID, epoch, version, rank, score }
}

const ARMS: Record<string, () => void> = {
  /** One emit for each client, board and own rank together: one write, and the board is serialised for each. */
  together: () => {
    const leaderboard = boardOf()
    for (const viewer of viewers) viewer.socket.emit('tick', { leaderboard, you: youOf(viewer) })
  },
  /** The board to the room, serialised once, and an emit for each client's own rank: two writes. */
  room: () => {
    io.to(QUIZ_ID).emit('leaderboard', boardOf())
    for (const viewer of viewers) viewer.socket.emit('you', youOf(viewer))
  },
}

http.listen(0, host, 4_096, () => {
  serve((http.address() as AddressInfo).port, {
    viewers: () => viewers.length,
    tick: async (arm) => {
      const version = replica.version + 1
      replica.apply({ kind: 'changes', epoch: 1, version, rows: [changeOf(version, players)] })
      ARMS[arm]?.()
      await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    },
    stop: () => process.exit(),
  })
})
