/** Which refusals of MongoDB pass by themselves: they say nothing about what was asked. */
import type { MongoServerError } from 'mongodb'

/** The names that MongoDB gives them: the server is starting, stopping, electing, cut off, or out of time. */
const PASSING = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  50, // MaxTimeMSExpired
  64, // WriteConcernFailed
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  251, // NoSuchTransaction
  262, // ExceededTimeLimit
  9_001, // SocketException
  10_107, // NotWritablePrimary
  11_600, // InterruptedAtShutdown
  11_601, // Interrupted
  11_602, // InterruptedDueToReplStateChange
  13_435, // NotPrimaryNoSecondaryOk
  13_436, // NotPrimaryOrSecondary
])
const LABELS = ['TransientTransactionError', 'UnknownTransactionCommitResult', 'RetryableWriteError']

export const isPassing = (error: MongoServerError): boolean =>
  PASSING.has(Number(error.code)) || LABELS.some((label) => error.hasErrorLabel(label))
