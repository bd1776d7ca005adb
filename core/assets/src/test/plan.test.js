import assert from 'node:assert/strict'
import test from 'node:test'
import { findWaiting, folderOf, isJunk, missingParts, otherwise, planParts } from '../uploader/plan.js'

test('parts cover every byte once, the last one is the rest', () => {
  const parts = planParts(25, 10)
  assert.deepEqual(parts.map(({ number, start, end, size }) => [number, start, end, size]),
    [[1, 0, 10, 10], [2, 10, 20, 10], [3, 20, 25, 5]])
  assert.equal(planParts(20, 10).length, 2)
})

test('only parts that the server lacks are sent', () => {
  const present = [{ part_number: 1, size: 10 }, { part_number: 3, size: 5 }]
  const { missing, bytesPresent } = missingParts(planParts(25, 10), present)
  assert.deepEqual(missing.map((part) => part.number), [2])
  assert.equal(bytesPresent, 15)
})

test('a part of another size is sent again', () => {
  const { missing, bytesPresent } = missingParts(planParts(25, 10), [{ part_number: 2, size: 9 }])
  assert.deepEqual(missing.map((part) => part.number), [1, 2, 3])
  assert.equal(bytesPresent, 0)
})

test('a file keeps the folder that it was dropped with', () => {
  assert.equal(folderOf('trip/day 1/a.jpg'), 'trip/day 1')
  assert.equal(folderOf('/trip/a.jpg', '2026'), '2026/trip')
  assert.equal(folderOf(undefined, '2026/'), '2026')
  assert.equal(folderOf('../../a.jpg'), '')
})

test('what file managers leave behind is not uploaded', () => {
  assert.deepEqual(['.DS_Store', 'Thumbs.db', '._IMG_1.jpg'].map(isJunk), [true, true, true])
  assert.equal(isJunk('IMG_1.jpg'), false)
})

test('the same file is recognised after a reload, another one is not', () => {
  const waiting = [{ id: 'x', name: 'a.jpg', size: 5, lastModified: 7 }]
  assert.equal(findWaiting(waiting, { name: 'a.jpg', size: 5, lastModified: 7 })?.id, 'x')
  assert.equal(findWaiting(waiting, { name: 'a.jpg', size: 5, lastModified: 8 }), undefined)
})

test('another file than the one that was under way is told what is other about it', () => {
  const known = { name: 'a.jpg', size: 2048, lastModified: 7 }
  assert.equal(otherwise(known, { ...known }), '')
  assert.equal(otherwise(known, { ...known, name: 'b\u202egpj.exe' }), 'It is called bgpj.exe.')
  assert.equal(otherwise(known, { ...known, size: 1024 }), 'It has 1.0 KiB, not 2.0 KiB.')
  assert.match(otherwise(known, { ...known, lastModified: 8 }), /changed since/)
})
