import assert from 'node:assert/strict'
import test from 'node:test'
import { choose } from '../uploader/pick.js'

/** A browser whose newer window answers with `answer`, and the older one that counts its clicks. */
function browser(answer, fine = true) {
  const input = { multiple: true, clicks: 0, click() { this.clicks += 1 } }
  const asked = []
  const page = { matchMedia: () => ({ matches: fine }), showOpenFilePicker: async (options) => (asked.push(options), answer()) }
  return { input, asked, page }
}

const handle = (file) => ({ getFile: async () => file ?? Promise.reject(new DOMException('gone', 'NotFoundError')) })

async function chosen({ input, page }) {
  const taken = []
  await choose(input, (files) => taken.push(...files), { page })
  return taken
}

test('what is chosen comes with what can read it again after a reload', async () => {
  const here = handle({ name: 'a.mov' })
  const it = browser(() => [here, handle(null)])
  assert.deepEqual(await chosen(it), [{ file: { name: 'a.mov' }, handle: here }])
  assert.deepEqual([it.asked, it.input.clicks], [[{ multiple: true }], 0])
})

test('who thinks better of it is not asked again by another window', async () => {
  const it = browser(() => { throw new DOMException('cancelled', 'AbortError') })
  assert.deepEqual([await chosen(it), it.input.clicks], [[], 0])
})

test('where the newer window is forbidden, missing or on a phone, the older one opens', async () => {
  const forbidden = browser(() => { throw new DOMException('frame', 'SecurityError') })
  const phone = browser(() => [], false)
  const older = { ...browser(() => []), page: {} }
  for (const it of [forbidden, phone, older]) assert.deepEqual([await chosen(it), it.input.clicks], [[], 1])
})
