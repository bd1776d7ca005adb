import assert from 'node:assert/strict'
import test from 'node:test'
import { scheme } from '../shared/theme.js'
import { count, duration, plain, shorten, size } from '../shared/words.js'

test('sizes are written in binary units like the rest of the product', () => {
  assert.deepEqual([0, 999, 1024, 1536, 16 * 1024 ** 2, 150 * 1024 ** 2, 5 * 1024 ** 3].map(size),
    ['0 B', '999 B', '1.0 KiB', '1.5 KiB', '16.0 MiB', '150 MiB', '5.0 GiB'])
})

test('durations are rounded to what a person can plan with', () => {
  assert.deepEqual([0.2, 59, 90, 3600, 7800].map(duration), ['1 s', '59 s', '2 min', '1 h', '2 h 10 min'])
  assert.equal(duration(Infinity), '')
})

test('counts name one thing and many things', () => {
  assert.equal(count(1, 'file'), '1 file')
  assert.equal(count(4310, 'file'), '4,310 files')
})

test('a long name keeps its beginning and its extension', () => {
  const short = shorten('holiday-in-a-country-with-a-very-long-name-indeed-0142.jpg', 24)
  assert.equal(short.length, 24)
  assert.match(short, /^holiday.*….*0142\.jpg$/)
  assert.equal(shorten('a.jpg'), 'a.jpg')
})

test('a long name is not cut inside an emoji', () => {
  assert.equal(shorten('😀'.repeat(60), 11), `${'😀'.repeat(5)}…${'😀'.repeat(5)}`)
})

test('direction marks cannot disguise an extension', () => {
  assert.equal(plain('cat\u202egpj.exe'), 'catgpj.exe')
})

test('the scheme follows the background in every notation that browsers hand out', () => {
  assert.deepEqual(['#ffffff', '#fff', 'rgb(255, 255, 255)', '', 'unset'].map(scheme), Array(5).fill('light'))
  assert.deepEqual(['#14171c', ' #000', 'rgba(20, 23, 28, 1)'].map(scheme), Array(3).fill('dark'))
})
