import assert from 'node:assert/strict'
import test from 'node:test'
import { TransferError, delayBefore, isRefusal, s3Error } from '../uploader/retry.js'

const error = (status) => new TransferError({ status, detail: 'x' })

test('lost connections and overloaded servers pass by themselves', () => {
  assert.deepEqual([0, 408, 429, 500, 503].map((status) => error(status).passes), Array(5).fill(true))
  assert.deepEqual([400, 401, 403, 404, 409, 413, 415, 422].map((status) => error(status).passes), Array(8).fill(false))
})

test('what the server will never take is a refusal', () => {
  assert.deepEqual([400, 413, 415, 422].map((status) => isRefusal(error(status))), Array(4).fill(true))
  assert.deepEqual([0, 401, 403, 404, 409, 503].map((status) => isRefusal(error(status))), Array(6).fill(false))
  assert.equal(isRefusal(new Error('a bug')), false)
})

test('waiting grows, has a ceiling and heeds retry-after', () => {
  assert.equal(delayBefore(1, 0.5), 500)
  assert.equal(delayBefore(3, 0.5), 2000)
  assert.equal(delayBefore(50, 0.5), 30_000)
  assert.equal(delayBefore(1, 0.5, 9), 9000)
})

test('tabs that failed together do not try again together', () => {
  assert.notEqual(delayBefore(2, 0), delayBefore(2, 1))
})

test('a refusal by S3 is said in plain words', () => {
  const large = s3Error(400, '<Error><Code>EntityTooLarge</Code><Message>Your proposed upload…</Message></Error>')
  assert.equal(large.status, 413)
  assert.match(large.detail, /larger than its upload ticket/)
  assert.ok(isRefusal(large))
})

test('an unknown answer of S3 is quoted', () => {
  assert.match(s3Error(400, '<Error><Code>Odd</Code><Message>Why not</Message></Error>').detail, /400: Why not/)
  assert.match(s3Error(502, 'bad gateway').detail, /502/)
})

test('a storage that asks to slow down is waited for', () => {
  const slow = s3Error(503, '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>')
  assert.ok(slow.passes)
  assert.match(slow.detail, /more slowly/)
})
