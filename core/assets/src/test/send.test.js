import assert from 'node:assert/strict'
import test from 'node:test'
import { call, Refused, sendPhoto } from '../personal/send.js'

const json = (body, status = 200) => new Response(JSON.stringify(body), { status })

test('a photo goes by ticket: asked for, sent, completed', async () => {
  const asked = []
  const answers = [
    json({ upload_id: 'u1', url: 'http://host:1/emulator/s3/media', fields: { key: 'incoming/u1' } }, 201),
    new Response(null, { status: 204 }),
    json({ id: 'u1' }, 201),
  ]
  const fetcher = async (url, options) => { asked.push([url, options]); return answers.shift() }
  const file = new File(['abc'], 'a.jpg', { type: 'image/jpeg' })
  assert.equal((await sendPhoto('/api/p', file, { day: '', note: 'x' }, fetcher)).id, 'u1')
  assert.deepEqual(asked.map(([url]) => url), ['/api/p/tickets', '/emulator/s3/media', '/api/p/tickets/u1/complete'])
  assert.deepEqual(JSON.parse(asked[0][1].body), { size: 3, content_type: 'image/jpeg', note: 'x' })
  assert.deepEqual([...asked[1][1].body.keys()], ['key', 'file'])
})

test('what went wrong is told in words, with what to do', async () => {
  const refused = async (answer) => {
    try { await call('/x', {}, answer) } catch (error) { assert.ok(error instanceof Refused); return error.message }
  }
  assert.equal(await refused(async () => json({ detail: 'Too large.', hint: 'Smaller.' }, 413)), 'Too large. Smaller.')
  assert.match(await refused(async () => json({}, 401)), /signed out/)
  assert.match(await refused(async () => new Response('<html>', { status: 502 })), /answered 502/)
  assert.match(await refused(async () => { throw new TypeError('network') }), /did not answer/)
})
