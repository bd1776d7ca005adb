import assert from 'node:assert/strict'
import test from 'node:test'
import { LEVELS, brief, level, monthsOf, move, spoken } from '../dates/months.js'

const MONTHS = monthsOf([['2024-02-29', 3], ['2024-05-01', 1], ['2023-12-31', 12]])

test('months come newest first, each with all of its days', () => {
  assert.deepEqual(MONTHS.map(({ month }) => month), ['2024-05', '2024-02', '2023-12'])
  assert.equal(MONTHS[1].days.length, 29)
  assert.deepEqual(MONTHS[1].days[28], { day: '2024-02-29', count: 3 })
  assert.equal(MONTHS[2].count, 12)
})

test('a shade tells few from many, and none from one', () => {
  assert.equal(level(0, 1000), 0)
  assert.equal(level(1, 1000), 1)
  assert.equal(level(1000, 1000), LEVELS)
  assert.equal(level(1, 1), LEVELS)
})

test('arrows stay on the map, and on days that the month has', () => {
  assert.deepEqual(move('ArrowDown', { row: 0, column: 31 }, MONTHS), { row: 1, column: 29 })
  assert.equal(move('ArrowUp', { row: 0, column: 4 }, MONTHS), null)
  assert.equal(move('ArrowLeft', { row: 0, column: 0 }, MONTHS), null)
  assert.equal(move('ArrowRight', { row: 1, column: 29 }, MONTHS), null)
  assert.deepEqual(move('End', { row: 1, column: 0 }, MONTHS), { row: 1, column: 29 })
  assert.deepEqual(move('PageDown', { row: 0, column: 1 }, MONTHS), { row: 2, column: 1 })
  assert.equal(move('x', { row: 0, column: 1 }, MONTHS), null)
})

test('periods and counts are said in few letters', () => {
  assert.equal(spoken('2024-05-07'), '7 May 2024')
  assert.equal(spoken('2024-05'), 'May 2024')
  assert.deepEqual([brief(999), brief(1000), brief(1234), brief(56_780)], ['999', '1k', '1.2k', '57k'])
})
