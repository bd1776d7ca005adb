import assert from 'node:assert/strict'
import test from 'node:test'
import { short, squares } from '../prefix_map/squares.js'

const BOX = { x: 10, y: 20, w: 600, h: 380 }
const items = (...values) => values.map((value) => ({ value }))

test('rectangles fill the box, each by its share', () => {
  const found = squares(items(6, 6, 4, 3, 2, 2, 1), BOX)
  for (const { item, w, h } of found) assert.ok(Math.abs(w * h - (item.value / 24) * 600 * 380) < 1e-6)
})

test('no rectangle leaves the box or lies on another', () => {
  const found = squares(items(...Array.from({ length: 40 }, (_, n) => 1000 / (n + 1))), BOX)
  for (const one of found) {
    assert.ok(one.x >= 9.999 && one.y >= 19.999 && one.x + one.w <= 610.001 && one.y + one.h <= 400.001)
    for (const other of found) {
      if (one === other) continue
      const apart = one.x + one.w <= other.x + 1e-6 || other.x + other.w <= one.x + 1e-6 ||
        one.y + one.h <= other.y + 1e-6 || other.y + other.h <= one.y + 1e-6
      assert.ok(apart)
    }
  }
})

test('equal values become shapes that are nearly squares', () => {
  for (const { w, h } of squares(items(...Array(24).fill(1)), BOX)) assert.ok(Math.max(w / h, h / w) < 1.6)
})

test('one item is the whole box, none is nothing', () => {
  const [only] = squares(items(7), BOX)
  assert.deepEqual([only.x, only.y, only.w, only.h].map(Math.round), [10, 20, 600, 380])
  assert.deepEqual(squares([], BOX), [])
})

test('a long key keeps both of its ends', () => {
  assert.equal(short('abcdefghij', 7), 'abc\u2026hij')
  assert.equal(short('abc', 7), 'abc')
})
