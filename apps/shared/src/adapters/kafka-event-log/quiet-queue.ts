/**
 * kafkajs 2.2.4 looks a thousand times a second, on every connection that was ever used, for requests that wait, although none do
 * (tulios/kafkajs #1704, #1751: a timer into the past, set again by itself): four per cent of a core for a service that does nothing.
 * With this it looks only while requests wait.
 */
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

const { prototype } = RequestQueue
const { scheduleCheckPendingRequests: schedule } = prototype
if (typeof schedule !== 'function') throw new Error('kafkajs has changed inside: see quiet-queue.ts')

prototype.scheduleCheckPendingRequests = function () {
  // Whoever puts a request among those that wait calls this again.
  if (this.pending.length > 0) schedule.call(this)
}
