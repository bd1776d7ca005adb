import assert from 'node:assert/strict'
import test from 'node:test'
import { STATES } from '../gallery/tile.js'
import { STAGES, pollDelay, readStatus, shownAs, totals } from '../uploader/states.js'

const stage = (answer) => readStatus({ state: 'completed', file: { state: 'processing' }, job: null, problem: null, ...answer }).stage

test('the way goes from checking over previews to delivery', () => {
  assert.equal(stage({ job: { state: 'queued', step: '' } }), 'checking')
  assert.equal(stage({ job: { state: 'running', step: 'Reading' } }), 'checking')
  assert.equal(stage({ job: { state: 'running', step: 'Reading' }, file: { state: 'processing', type: 'image' } }), 'previews')
  assert.equal(stage({ job: { state: 'running', step: 'Storing' } }), 'storing')
  assert.equal(stage({ job: { state: 'running', step: 'Asking the CDN' } }), 'delivering')
  assert.equal(stage({ file: { state: 'delivered' } }), 'delivered')
})

test('every stage that an answer can lead to has a word and an icon', () => {
  for (const state of ['open', 'completed', 'refused', 'aborted']) {
    for (const job of [null, { state: 'failed', problem: null }]) assert.ok(STAGES[stage({ state, job })])
  }
})

test('a refusal carries the reason of the server', () => {
  const problem = { detail: 'Too many pixels.', hint: 'Make it smaller.' }
  assert.deepEqual(readStatus({ state: 'refused', file: null, job: null, problem }), { stage: 'refused', problem })
})

test('a refusal without a reason still says something', () => {
  assert.ok(readStatus({ state: 'refused', file: null, job: null, problem: null }).problem.detail)
})

test('an undelivered file names the check that failed', () => {
  const delivery = [{ name: 'thumbnail: status', ok: true }, { name: 'original: content type', ok: false, expected: 'image/jpeg', actual: 'text/html' }]
  const { stage: at, problem } = readStatus({ state: 'completed', file: { state: 'undelivered', delivery }, job: { state: 'done' }, problem: null })
  assert.equal(at, 'undelivered')
  assert.match(problem.detail, /original: content type failed: expected image\/jpeg, got text\/html/)
})

test('a job that gave up shows its own problem', () => {
  const job = { state: 'failed', problem: { detail: 'No space left.', hint: 'Retry later.' } }
  const { stage: at, problem } = readStatus({ state: 'completed', file: { state: 'processing' }, job, problem: null })
  assert.deepEqual([at, problem.detail], ['failed', 'No space left.'])
})

test('a file with new bytes under way is not called delivered for those it had', () => {
  const had = { state: 'completed', file: { state: 'delivered' }, problem: null }
  const at = (job, file = had.file) => readStatus({ ...had, file, job }, true).stage
  assert.equal(at(null), 'checking')
  assert.equal(at({ state: 'queued', step: '' }), 'checking')
  assert.equal(at({ state: 'running', step: 'Asking the CDN' }), 'delivering')
  assert.equal(at({ state: 'failed', problem: null }), 'failed')
  assert.equal(at({ state: 'done' }), 'delivered')
  assert.equal(at({ state: 'done' }, { state: 'undelivered' }), 'undelivered')
  assert.equal(readStatus({ state: 'refused', file: had.file, job: null, problem: null }, true).stage, 'refused')
  assert.equal(readStatus({ state: 'open', file: null, job: null, problem: null }, true).stage, 'uploading')
})

test('what replaced something says so', () => {
  assert.equal(shownAs({ stage: 'delivered', replaces: { id: 'f1' } })[0], 'Replaced')
  assert.equal(shownAs({ stage: 'delivered' })[0], 'Delivered')
})

test('asking grows rarer and never stops', () => {
  assert.ok(pollDelay(0) <= 250)
  assert.ok(pollDelay(3) > pollDelay(0))
  assert.equal(pollDelay(1000), 2000)
})

test('the sum counts bytes of what moves and files that need somebody', () => {
  const sum = totals([
    { stage: 'delivered', size: 10, sent: 10 },
    { stage: 'uploading', size: 10, sent: 4 },
    { stage: 'refused', size: 1000, sent: 0 },
    { stage: 'undelivered', size: 7, sent: 7 },
    { stage: 'needs-file', size: 7, sent: 2 },
    { stage: 'paused', size: 5, sent: 1 },
  ])
  assert.deepEqual(sum, { all: 6, active: 1, delivered: 1, trouble: 3, failing: 2, paused: 1, bytes: 32, sent: 22 })
})

test('the gallery and the upload list show a file that is not delivered alike', () => {
  const [icon, word, tone] = STATES.undelivered
  assert.deepEqual([word, icon, tone], STAGES.undelivered)
  assert.deepEqual([icon, tone], ['close', 'fail'])
})

test('an upload that waits says whether the connection is to blame', () => {
  assert.equal(shownAs({ stage: 'retrying', problem: { answered: false } })[0], 'Connection lost')
  assert.equal(shownAs({ stage: 'retrying', problem: { answered: true } })[0], 'Trying again')
  assert.equal(shownAs({ stage: 'uploading', problem: { answered: true } })[0], 'Uploading')
})
