import assert from 'node:assert/strict'
import test from 'node:test'
import { showing, shownIn } from '../viewer/address.js'
import { BLOCK, Reel, place, step } from '../viewer/reel.js'
import { FIT, actual, fitted, most, pan, toggled, zoomAt } from '../viewer/zoom.js'

const STAGE = { width: 800, height: 600 }
const PICTURE = { width: 4000, height: 2000 }
const FITS = fitted(PICTURE, STAGE)

test('a picture fits the stage and keeps its proportions', () => {
  assert.deepEqual(FITS, { width: 800, height: 400 })
  assert.deepEqual(fitted({ width: 1000, height: 4000 }, STAGE), { width: 150, height: 600 })
})

test('a small picture is not blown up, one of unknown size takes no room', () => {
  assert.deepEqual(fitted({ width: 40, height: 20 }, STAGE), { width: 40, height: 20 })
  assert.deepEqual(fitted({ width: 0, height: 0 }, STAGE), { width: 0, height: 0 })
})

test('what is under the pointer stays there while it grows', () => {
  const point = { x: 100, y: 40 }
  const at = (view) => ({ x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale })
  const before = zoomAt(FIT, 3, { x: 0, y: 0 }, FITS, STAGE, 20)
  const after = zoomAt(before, 6, point, FITS, STAGE, 20)
  assert.deepEqual(at(after), at(before))
})

test('zooming ends at the limit, and out at what fits, in the middle', () => {
  assert.equal(zoomAt(FIT, 99, { x: 0, y: 0 }, FITS, STAGE, 20).scale, 20)
  const moved = pan(zoomAt(FIT, 4, { x: 0, y: 0 }, FITS, STAGE, 20), 500, 200, FITS, STAGE)
  assert.deepEqual(zoomAt(moved, 0.5, { x: 300, y: 10 }, FITS, STAGE, 20), { scale: 1, x: 0, y: 0 })
})

test('no edge is dragged into the stage', () => {
  const view = pan({ scale: 2, x: 0, y: 0 }, 9999, 9999, FITS, STAGE)
  assert.deepEqual(view, { scale: 2, x: 400, y: 100 })
  assert.deepEqual(pan(FIT, 50, 50, FITS, STAGE), FIT)
})

test('a double click shows own pixels, another one everything again', () => {
  const close = toggled(FIT, { x: 0, y: 0 }, FITS, STAGE, PICTURE, 1)
  assert.equal(close.scale, actual(PICTURE, FITS, 1))
  assert.deepEqual(toggled(close, { x: 9, y: 9 }, FITS, STAGE, PICTURE, 1), FIT)
  assert.equal(toggled(FIT, { x: 0, y: 0 }, { width: 40, height: 20 }, STAGE, { width: 40, height: 20 }, 1).scale, 2)
})

test('small pictures can be enlarged a few times, large ones to four times their pixels', () => {
  assert.equal(most({ width: 40, height: 20 }, { width: 40, height: 20 }), 8)
  assert.equal(most(PICTURE, FITS), 20)
})

test('keys lead to neighbours and ends and never beyond', () => {
  assert.equal(step('ArrowRight', 4, 10), 5)
  assert.equal(step('PageUp', 4, 10), 3)
  assert.equal(step('ArrowRight', 9, 10), 9)
  assert.equal(step('ArrowLeft', 0, 10), 0)
  assert.deepEqual([step('Home', 4, 10), step('End', 4, 10)], [0, 9])
  assert.equal(step('x', 4, 10), null)
})

test('a place is told from one on, and not where it is not known', () => {
  assert.equal(place(11, 4310), '12 of 4,310')
  assert.equal(place(null, 4310), '')
})

const item = (number) => ({ id: `f${number}` })
const block = (from, count) => Array.from({ length: count }, (_, index) => item(from + index))

test('what the page has is not fetched; the rest comes in blocks, each once', async () => {
  const asked = []
  const reel = new Reel({ items: block(60, 60), offset: 60, total: 150 }, async (offset, limit) => {
    asked.push([offset, limit])
    return { items: block(offset, Math.min(limit, 150 - offset)), total: 150 }
  })
  assert.equal(reel.positionOf('f61'), 61)
  assert.deepEqual(await reel.need(61), item(61))
  assert.deepEqual(asked, [])
  const [one, two] = await Promise.all([reel.need(120), reel.need(121)])
  assert.deepEqual([one, two], [item(120), item(121)])
  assert.deepEqual(asked, [[120, BLOCK]])
  assert.equal(await reel.need(150), null)
  assert.equal(await reel.need(-1), null)
})

test('what failed to load may be asked for again', async () => {
  let fails = true
  const reel = new Reel({ items: [], offset: 0, total: 2 }, async () => {
    if (fails) throw new Error('away')
    return { items: block(0, 2), total: 2 }
  })
  await assert.rejects(reel.need(0), /away/)
  fails = false
  assert.deepEqual(await reel.need(0), item(0))
})

test('an address that has ended comes anew', async () => {
  let round = 0
  const reel = new Reel({ items: [{ id: 'f0', url: 'old' }], offset: 0, total: 1 }, async () => ({ items: [{ id: 'f0', url: `new ${(round += 1)}` }], total: 1 }))
  assert.equal((await reel.need(0)).url, 'old')
  assert.equal((await reel.renew(0)).url, 'new 1')
  assert.equal((await reel.need(0)).url, 'new 1')
})

test('files that went meanwhile shorten the reel', async () => {
  const reel = new Reel({ items: [], offset: 0, total: 90 }, async () => ({ items: [], total: 60 }))
  assert.equal(await reel.need(70), null)
  assert.equal(reel.total, 60)
})

test('the address names the file and keeps everything else as it is written', () => {
  const here = 'https://site/library?q=a%20b&page=3&show=old#top'
  assert.equal(shownIn(here), 'old')
  assert.equal(showing(here, 'f1'), '/library?q=a%20b&page=3&show=f1#top')
  assert.equal(showing(here, null), '/library?q=a%20b&page=3#top')
  assert.equal(showing('https://site/library?show=x', null), '/library')
})
