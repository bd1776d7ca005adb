import assert from 'node:assert/strict'
import test from 'node:test'
import { dragged, fractions, inside, middle, pressed, side, zoomed } from '../personal/crop.js'

test('a new crop is the whole shorter side in the middle', () => {
  assert.equal(fractions(middle(800, 400)), '0.25000,0.00000,1.00000')
  assert.equal(fractions(middle(300, 300)), '0.00000,0.00000,1.00000')
})

test('zooming keeps the centre and never leaves the picture', () => {
  const near = zoomed(middle(800, 400), 2)
  assert.equal(side(near), 200)
  assert.equal(fractions(near), '0.37500,0.25000,0.50000')
  assert.equal(zoomed(near, 99).zoom, 8)
  assert.equal(zoomed(near, 0).zoom, 1)
})

test('the picture follows the finger until its edge', () => {
  const crop = dragged(middle(800, 400), 240, 0, 240) // the whole square to the right: to the left edge
  assert.equal(fractions(crop), '0.00000,0.00000,1.00000')
  assert.deepEqual(dragged(crop, 999, 999, 240), inside(crop))
})

test('arrow keys move, plus and minus zoom, zero starts again', () => {
  const start = zoomed(middle(1000, 500), 2)
  assert.equal(pressed(start, 'ArrowRight').x, start.x + 10)
  assert.equal(pressed(start, 'ArrowUp').y, start.y - 10)
  assert.ok(pressed(start, '+').zoom > start.zoom)
  assert.ok(pressed(start, '-').zoom < start.zoom)
  assert.deepEqual(pressed(start, '0'), middle(1000, 500))
  assert.equal(pressed(start, 'a'), null)
})

test('what is sent always lies inside the picture', () => {
  for (let n = 0; n < 300; n += 1) {
    const crop = inside({ width: 1 + n * 7, height: 1 + ((n * 31) % 900), x: (n * 97) % 3000 - 500, y: (n * 53) % 3000 - 500, zoom: (n % 20) / 2 })
    const [x, y, size] = fractions(crop).split(',').map(Number)
    const shorter = Math.min(crop.width, crop.height)
    assert.ok(x >= 0 && y >= 0 && size > 0)
    assert.ok(x * crop.width + size * shorter <= crop.width + 0.1)
    assert.ok(y * crop.height + size * shorter <= crop.height + 0.1)
  }
})
