import { createHash, createPrivateKey, createPublicKey, KeyObject, sign, verify } from 'node:crypto'
import { InvalidInputError } from '../errors.js'
import { canonicalJson } from '../json.js'
import type { EventData, LogHead } from './event.js'

/** An Ed25519 key, as `node:crypto` has it or in PEM. */
export type SealKey = KeyObject | string | Uint8Array

/** A key, and the name that seals give it: the SHA-256 of its public half (SPKI, DER) in hexadecimal digits. */
export interface NamedKey {
  readonly key: KeyObject
  readonly keyId: string
}

/**
 * @throws {InvalidInputError} it is no Ed25519 private key; the message says nothing of what it is.
 */
export function readPrivateKey(operation: string, key: SealKey): NamedKey {
  const field = 'privateKey'
  const read = readKey(operation, field, key, () => createPrivateKey({ key: toPem(key), format: 'pem' }))
  if (read.type !== 'private') refuse(operation, field, 'expected a private key')
  return { key: read, keyId: keyIdOf(createPublicKey(read)) }
}

/**
 * The public key; of a private one, its public half.
 *
 * @throws {InvalidInputError} it is no Ed25519 key; the message says nothing of what it is.
 */
export function readPublicKey(operation: string, key: SealKey): NamedKey {
  const read = readKey(operation, 'publicKey', key, () => createPublicKey({ key: toPem(key), format: 'pem' }))
  const publicKey = read.type === 'private' ? createPublicKey(read) : read
  return { key: publicKey, keyId: keyIdOf(publicKey) }
}

function readKey(operation: string, field: string, key: SealKey, parse: () => KeyObject): KeyObject {
  let read: KeyObject
  try {
    read = key instanceof KeyObject ? key : parse()
  } catch {
    // What OpenSSL says of it would tell nobody how to go on, and might tell something of the key.
    refuse(operation, field, 'cannot be read as an unencrypted key in PEM')
  }
  if (read.asymmetricKeyType !== 'ed25519') {
    refuse(operation, field, "expected an Ed25519 key, such as generateKeyPairSync('ed25519') of node:crypto makes")
  }
  return read
}

function toPem(key: Exclude<SealKey, KeyObject> | KeyObject): string {
  return typeof key === 'string' ? key : Buffer.from(key as Uint8Array).toString('latin1')
}

function refuse(operation: string, field: string, message: string): never {
  throw new InvalidInputError(operation, [{ field, message }])
}

function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

/** Data of `log.sealed`. */
export type SealData = {
  readonly seq: number
  readonly digest: string
  /** Over the canonical JSON of `{ provtrail: 'seal', namespace, seq, digest }`, in base64url. */
  readonly signature: string
  readonly keyId: string
}

/** The seal of an event, by a private key. */
export function sealOf(namespace: string, { seq, digest }: LogHead, { key, keyId }: NamedKey): SealData {
  const signature = sign(null, messageOf(namespace, seq, digest), key).toString('base64url')
  return { seq, digest, signature, keyId }
}

/** Whether the data of a `log.sealed` bears the name of this key; whether it is right is another question. */
export function isSealBy(data: EventData, { keyId }: NamedKey): boolean {
  return data.keyId === keyId
}

/** Whether the signature of a seal is by the key, over what the seal says. */
export function isSigned(namespace: string, data: EventData, { key }: NamedKey): boolean {
  const { seq, digest, signature } = data
  if (typeof seq !== 'number' || typeof digest !== 'string' || typeof signature !== 'string') return false
  return verify(null, messageOf(namespace, seq, digest), key, Buffer.from(signature, 'base64url'))
}

/** The first word keeps a signature from meaning anything else that the same key may sign. */
function messageOf(namespace: string, seq: number, digest: string): Buffer {
  return Buffer.from(canonicalJson({ provtrail: 'seal', namespace, seq, digest }))
}
