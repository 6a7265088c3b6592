/**
 * MongoDB's commands as they go over the wire, as text for `printf %b`: the bundled server starts from an image that need not have
 * a client. OP_MSG is specified at mongodb.com/docs/manual/reference/mongodb-wire-protocol, BSON at bsonspec.org.
 */
type Value = string | number | Document | readonly Document[]
interface Document {
  readonly [name: string]: Value
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
const cstring = (text: string): Buffer => Buffer.from(`${text}\0`)

const element = (name: string, value: Value): Buffer => {
  if (typeof value === 'number') return Buffer.concat([Buffer.of(0x10), cstring(name), int32(value)])
  if (typeof value === 'string') {
    const text = cstring(value)
    return Buffer.concat([Buffer.of(0x02), cstring(name), int32(text.length), text])
  }
  const isList = Array.isArray(value)
  return Buffer.concat([Buffer.of(isList ? 0x04 : 0x03), cstring(name), bson(Object.assign({}, value) as Document)])
}

/** Of texts, 32-bit numbers, documents and lists of documents; the order of the fields counts, the command comes first. */
const bson = (document: Document): Buffer => {
  const elements = Object.entries(document).map(([name, value]) => element(name, value))
  const body = Buffer.concat([...elements, Buffer.of(0)])
  return Buffer.concat([int32(body.length + 4), body])
}

const OP_MSG = 2013
/** One request to the database `admin`. */
export const opMsg = (command: Document): Buffer => {
  const document = bson({ ...command, $db: 'admin' })
  const request = [int32(1), int32(0), int32(OP_MSG), int32(0), Buffer.of(0), document]
  const length = request.reduce((sum, { length }) => sum + length, 4)
  return Buffer.concat([int32(length), ...request])
}

const printable = (bytes: Buffer): string =>
  [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')

/** A message with a text in it that is not known yet, but its length is: what comes before the text, and after. */
const around = (message: Buffer, placeholder: string): [string, string] => {
  const at = message.indexOf(placeholder)
  if (at < 0) throw new Error('the placeholder is not in the message')
  return [printable(message.subarray(0, at)), printable(message.subarray(at + placeholder.length))]
}

/** File name → text. `host`: host:port of the one member. `passwordLength`: in characters, of ASCII. */
export const wireMessages = (options: {
  host: string
  user: string
  passwordLength: number
  database: string
}): Record<string, string> => {
  const { host, user, passwordLength, database } = options
  const initiate = { replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } }
  const placeholder = '?'.repeat(passwordLength)
  const createUser = { createUser: user, pwd: placeholder, roles: [{ role: 'readWrite', db: database }] }
  const [head, tail] = around(opMsg(createUser), placeholder)
  return {
    'hello.msg': printable(opMsg({ hello: 1 })),
    'initiate.msg': printable(opMsg(initiate)),
    'user-head.msg': head,
    'user-tail.msg': tail,
  }
}
