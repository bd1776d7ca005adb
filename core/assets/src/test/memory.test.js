import assert from 'node:assert/strict'
import test from 'node:test'
import { Memory, claim } from '../uploader/memory.js'
import { Slots } from '../uploader/slots.js'

class FakeStorage {
  #entries = new Map()
  get length() { return this.#entries.size }
  key(index) { return [...this.#entries.keys()][index] ?? null }
  getItem(key) { return this.#entries.get(key) ?? null }
  setItem(key, value) { this.#entries.set(key, value) }
  removeItem(key) { this.#entries.delete(key) }
}

class FakeShelf {
  blobs = new Map()
  async put(id, blob) { this.blobs.set(id, blob); return true }
  async get(id) { return this.blobs.get(id) }
  async delete(id) { this.blobs.delete(id) }
  async ids() { return [...this.blobs.keys()] }
}

function memories(account = 'anna', now = () => 1_000_000_000_000) {
  const storage = new FakeStorage()
  const shelf = new FakeShelf()
  return { storage, shelf, memory: new Memory(account, { storage, shelf, now }) }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

test('an unfinished upload is recalled with everything noted about it', async () => {
  const { memory } = memories()
  memory.note('f1', { name: 'a.jpg', size: 3 })
  memory.note('f1', { uploadId: 'u1' })
  const [record] = await memory.recall()
  assert.deepEqual([record.id, record.name, record.uploadId, record.account], ['f1', 'a.jpg', 'u1', 'anna'])
})

test('a finished upload is forgotten with its bytes', async () => {
  const { memory, shelf } = memories()
  memory.note('f1', { name: 'a.jpg', size: 3 })
  memory.keep('f1', new Blob(['abc']), () => true)
  await settle()
  assert.equal(shelf.blobs.size, 1)
  memory.forget('f1')
  await settle()
  assert.equal(shelf.blobs.size, 0)
  assert.deepEqual(await memory.recall(), [])
})

test('nothing of one account is left when another signs in', async () => {
  const { memory, storage, shelf } = memories()
  memory.note('f1', { name: 'private.jpg', size: 3 })
  await shelf.put('f1', new Blob(['abc']))
  assert.deepEqual(await new Memory('ben', { storage, shelf }).recall(), [])
  assert.deepEqual([storage.length, shelf.blobs.size], [0, 0])
})

test('a week-old upload is not continued', async () => {
  const { memory, storage, shelf } = memories()
  memory.note('f1', { size: 3 })
  const later = new Memory('anna', { storage, shelf, now: () => 1_000_000_000_000 + 8 * 86_400_000 })
  assert.deepEqual(await later.recall(), [])
})

test('the kept bytes come back as the file they were', async () => {
  const { memory } = memories()
  memory.keep('f1', new Blob(['abc']), () => true)
  await settle()
  const file = await memory.file({ id: 'f1', name: 'a.txt', type: 'text/plain', size: 3, lastModified: 7 })
  assert.deepEqual([file.name, file.type, file.lastModified, await file.text()], ['a.txt', 'text/plain', 7, 'abc'])
})

test('kept bytes of another size are not taken for the file', async () => {
  const { memory } = memories()
  memory.keep('f1', new Blob(['abc']), () => true)
  await settle()
  assert.equal(await memory.file({ id: 'f1', name: 'a.txt', size: 4 }), null)
})

test('large files are not copied into the browser', async () => {
  const { memory, shelf } = memories()
  memory.keep('big', { size: 65 * 1024 * 1024 }, () => true)
  for (let n = 0; n < 10; n += 1) memory.keep(`f${n}`, { size: 60 * 1024 * 1024 }, () => true)
  await settle()
  assert.equal(shelf.blobs.size, 8)
})

test('what is through before its turn is not copied', async () => {
  const { memory, shelf } = memories()
  memory.keep('f1', new Blob(['abc']), () => false)
  await settle()
  assert.equal(shelf.blobs.size, 0)
})

test('a full or forbidden storage does not stop an upload', async () => {
  const refusing = { length: 0, key: () => null, getItem: () => null, setItem() { throw new Error('quota') }, removeItem() {} }
  new Memory('anna', { storage: refusing, shelf: new FakeShelf() }).note('f1', { size: 3 })
  new Memory('anna', { storage: undefined, shelf: new FakeShelf() }).note('f1', { size: 3 })
})

test('a damaged record is dropped', async () => {
  const { memory, storage } = memories()
  storage.setItem('dashboard.upload:f1', '{"account": "anna"')
  assert.deepEqual(await memory.recall(), [])
  assert.equal(storage.length, 0)
})

test('an upload that another tab holds is left to it', async () => {
  const locks = { request: (name, options, work) => work(null) }
  assert.equal(await claim('f1', locks), null)
})

test('a claim is held until it is released', async () => {
  let held = true
  const locks = { request: async (name, options, work) => { await work({ name }); held = false } }
  const release = await claim('f1', locks)
  assert.equal(held, true)
  release()
  await settle()
  assert.equal(held, false)
})

test('without locks the person decides', async () => {
  assert.equal((await claim('f1', null)).unsure, true)
})

test('no more run side by side than there are slots', async () => {
  const slots = new Slots(2)
  let running = 0
  let most = 0
  const work = async () => { running += 1; most = Math.max(most, running); await settle(); running -= 1 }
  await Promise.all(Array.from({ length: 7 }, () => slots.run(work)))
  assert.deepEqual([most, running], [2, 0])
})

test('an aborted wait gives nobody\'s slot away', async () => {
  const slots = new Slots(1)
  const control = new AbortController()
  const first = slots.run(settle)
  const second = slots.run(settle, control.signal)
  control.abort()
  await assert.rejects(second, { name: 'AbortError' })
  await first
  assert.equal(await slots.run(async () => 'free'), 'free')
})

test('a failed work gives its slot back', async () => {
  const slots = new Slots(1)
  await assert.rejects(slots.run(async () => { throw new Error('no') }))
  assert.equal(await slots.run(async () => 'free'), 'free')
})

const LARGE = { id: 'f1', name: 'film.mov', size: 65 * 1024 * 1024, lastModified: 7 }

/** A dropped file of a size that is not copied, and the handle that the browser gives for it. */
function dropped(permission, onDisk = LARGE) {
  const asked = []
  const handle = {
    queryPermission: async () => permission,
    requestPermission: async () => (asked.push(1), permission === 'prompt' ? 'granted' : permission),
    getFile: async () => onDisk,
  }
  const { memory, shelf } = memories()
  const file = { ...LARGE }
  memory.reach(file, handle)
  memory.keep('f1', file, () => true)
  return { memory, shelf, asked }
}

test('a large file is read again through its handle', async () => {
  const { memory } = dropped('granted')
  await settle()
  assert.equal(await memory.file(LARGE), LARGE)
  assert.equal(await memory.askable(LARGE), false)
})

test('where the browser wants to ask first, nothing is read until the person agrees', async () => {
  const { memory, asked } = dropped('prompt')
  await settle()
  assert.equal(await memory.file(LARGE), null)
  assert.equal(await memory.askable(LARGE), true)
  assert.equal(asked.length, 0)
  assert.equal(await memory.ask(LARGE), LARGE)
})

test('a file that was refused, changed or removed is not continued', async () => {
  const gone = Object.defineProperty({}, 'size', { get() { throw new Error('gone') } })
  for (const [permission, onDisk] of [['denied', LARGE], ['granted', { ...LARGE, lastModified: 8 }], ['granted', gone]]) {
    const { memory } = dropped(permission, onDisk)
    await settle()
    assert.equal(await memory.file(LARGE), null)
  }
})

test('a handle goes with the upload that it belongs to', async () => {
  const { memory, shelf } = dropped('granted')
  await settle()
  assert.equal(shelf.blobs.size, 1)
  memory.forget('f1')
  await settle()
  assert.equal(shelf.blobs.size, 0)
})

test('a large file without a handle has to be chosen again', async () => {
  const { memory, shelf } = memories()
  memory.keep('f1', { ...LARGE }, () => true)
  await settle()
  assert.equal(shelf.blobs.size, 0)
  assert.equal(await memory.askable(LARGE), false)
})
