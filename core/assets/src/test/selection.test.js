import assert from 'node:assert/strict'
import test from 'node:test'
import { Selection, moveFocus, selectedWords } from '../gallery/selection.js'

const ORDER = ['a', 'b', 'c', 'd', 'e']

test('a toggled tile is selected, toggled again it is not', () => {
  const selection = new Selection()
  selection.toggle('b')
  assert.deepEqual(selection.list(ORDER), ['b'])
  selection.toggle('b')
  assert.equal(selection.size, 0)
})

test('the answer is in the order of the page', () => {
  const selection = new Selection()
  for (const id of ['d', 'a', 'c']) selection.toggle(id)
  assert.deepEqual(selection.list(ORDER), ['a', 'c', 'd'])
})

test('shift extends from the last toggled tile in both directions', () => {
  const selection = new Selection()
  selection.toggle('d')
  selection.extendTo('b', ORDER)
  assert.deepEqual(selection.list(ORDER), ['b', 'c', 'd'])
  selection.extendTo('e', ORDER)
  assert.deepEqual(selection.list(ORDER), ['b', 'c', 'd', 'e'])
})

test('shift without a beginning selects the one tile', () => {
  const selection = new Selection()
  selection.extendTo('c', ORDER)
  assert.deepEqual(selection.list(ORDER), ['c'])
})

test('what left the page leaves the selection', () => {
  const selection = new Selection()
  selection.replace(['a', 'e'])
  assert.equal(selection.retain(['a', 'b']), true)
  assert.deepEqual(selection.list(['a', 'b']), ['a'])
  assert.equal(selection.retain(['a', 'b']), false)
})

test('arrows move by one and by one row', () => {
  assert.deepEqual(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].map((key) => moveFocus(key, 5, 12, 4)), [4, 6, 1, 9])
  assert.deepEqual([moveFocus('Home', 5, 12, 4), moveFocus('End', 5, 12, 4)], [0, 11])
})

test('arrows stop at the edges', () => {
  assert.equal(moveFocus('ArrowLeft', 0, 12, 4), 0)
  assert.equal(moveFocus('ArrowUp', 2, 12, 4), 2)
  assert.equal(moveFocus('ArrowDown', 9, 12, 4), 9)
})

test('down from above a shorter last row reaches its end', () => {
  assert.equal(moveFocus('ArrowDown', 7, 10, 4), 9)
})

test('paging goes three rows and ends at the edges', () => {
  assert.equal(moveFocus('PageDown', 1, 60, 4), 13)
  assert.equal(moveFocus('PageDown', 55, 60, 4), 59)
  assert.equal(moveFocus('PageUp', 6, 60, 4), 2)
})

test('other keys are left to the page', () => {
  assert.equal(moveFocus('x', 0, 12, 4), null)
})

test('the toolbar counts this page, other pages, or all that was found', () => {
  const nothing = { elsewhere: 0, everything: 0 }
  assert.equal(selectedWords(3, nothing, false), '3 selected')
  assert.equal(selectedWords(0, { elsewhere: 1200, everything: 0 }, false), '0 selected, 1,200 on other pages')
  assert.equal(selectedWords(60, { elsewhere: 0, everything: 4310 }, true), 'All 4,310 selected')
})
