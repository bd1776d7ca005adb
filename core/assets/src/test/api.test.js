import assert from 'node:assert/strict'
import test from 'node:test'
import { UploadsApi, local } from '../uploader/api.js'

function answering(status, body, headers = {}) {
  const calls = []
  const fetcher = async (url, options) => {
    calls.push({ url, ...options })
    return new Response(body === null ? null : JSON.stringify(body), { status, headers })
  }
  return { api: new UploadsApi('/api/uploads', fetcher), calls }
}

test('a ticket is asked for as the contract says', async () => {
  const { api, calls } = answering(201, { upload_id: 'u1', method: 'post', url: 'https://b.s3.amazonaws.com/' })
  const ticket = await api.open({ name: 'a.jpg', size: 3, content_type: 'image/jpeg', folder: '' })
  assert.equal(ticket.url, 'https://b.s3.amazonaws.com/')
  assert.deepEqual([calls[0].method, calls[0].url, calls[0].credentials], ['POST', '/api/uploads', 'same-origin'])
  assert.deepEqual(JSON.parse(calls[0].body), { name: 'a.jpg', size: 3, content_type: 'image/jpeg', folder: '' })
})

test('new bytes of a file are asked for at the file', async () => {
  const { api, calls } = answering(201, { upload_id: 'u1', method: 'post', url: 'http://host/emulator/s3/b' })
  const ticket = await api.openReplacement('f/1', { name: 'a.jpg', size: 3, same_key: true, seen: 2 })
  assert.deepEqual([ticket.url, calls[0].method, calls[0].url], ['/emulator/s3/b', 'POST', '/api/files/f%2F1/replacements'])
  assert.equal(JSON.parse(calls[0].body).seen, 2)
})

test('part addresses come for the numbers asked for', async () => {
  const { api, calls } = answering(200, { items: [{ part_number: 2, url: 'http://host:8501/emulator/s3/b/k?partNumber=2' }] })
  assert.deepEqual(await api.partUrls('u1', [2]), [{ part_number: 2, url: '/emulator/s3/b/k?partNumber=2' }])
  assert.deepEqual([calls[0].method, calls[0].url, calls[0].body], ['POST', '/api/uploads/u1/parts', '{"part_numbers":[2]}'])
})

test('a problem keeps its detail, its hint and how long to wait', async () => {
  const { api } = answering(429, { title: 'Too many', detail: 'Too many uploads.', hint: 'Wait.' }, { 'retry-after': '7' })
  await assert.rejects(api.status('u1'), (error) => {
    assert.deepEqual([error.status, error.detail, error.hint, error.retryAfter, error.passes], [429, 'Too many uploads.', 'Wait.', 7, true])
    return true
  })
})

test('an answer that is no JSON is told by its status', async () => {
  const api = new UploadsApi('/api/uploads', async () => new Response('<html>', { status: 502 }))
  await assert.rejects(api.status('u1'), /answered 502/)
})

test('being signed out is said as such', async () => {
  const { api } = answering(401, { detail: 'no' })
  await assert.rejects(api.complete('u1'), (error) => error.status === 401 && /Sign in/.test(error.hint))
})

test('no answer at all is a failure that passes', async () => {
  const api = new UploadsApi('/api/uploads', async () => { throw new TypeError('Failed to fetch') })
  await assert.rejects(api.status('u1'), (error) => error.status === 0 && error.passes)
})

test('an aborted call stays an abort', async () => {
  const api = new UploadsApi('/api/uploads', async () => { throw new DOMException('x', 'AbortError') })
  await assert.rejects(api.status('u1', AbortSignal.abort()), { name: 'AbortError' })
})

test('giving up is answered without a body', async () => {
  const { api, calls } = answering(204, null)
  assert.equal(await api.abort('u1'), null)
  assert.deepEqual([calls[0].method, calls[0].keepalive], ['DELETE', true])
})

test('only what this site serves itself becomes relative', () => {
  assert.equal(local('http://10.0.0.5:8501/emulator/cdn/demo/a.jpg'), '/emulator/cdn/demo/a.jpg')
  assert.equal(local('https://d1.cloudfront.net/a.jpg'), 'https://d1.cloudfront.net/a.jpg')
})
