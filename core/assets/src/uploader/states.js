// The way of one file as people read it. Pure: server answers in, words out.

/** stage → [word, icon, tone]. Order is the order of the way. */
export const STAGES = {
  waiting: ['Waiting', 'clock', 'muted'],
  'needs-file': ['Interrupted', 'alert', 'warn'],
  paused: ['Paused', 'pause', 'muted'],
  uploading: ['Uploading', 'upload', 'accent'],
  retrying: ['Connection lost', 'offline', 'warn'],
  checking: ['Checking', 'dots', 'accent'],
  previews: ['Making previews', 'dots', 'accent'],
  storing: ['Storing', 'dots', 'accent'],
  delivering: ['Checking delivery', 'dots', 'accent'],
  delivered: ['Delivered', 'check', 'ok'],
  undelivered: ['Not delivered', 'close', 'fail'],
  refused: ['Refused', 'close', 'fail'],
  failed: ['Failed', 'close', 'fail'],
}

/** [word, icon, tone] of an item; who was answered has a connection, and only has to wait. */
export function shownAs({ stage, problem, replaces }) {
  if (stage === 'retrying' && problem?.answered) return ['Trying again', 'clock', 'warn']
  return stage === 'delivered' && replaces ? ['Replaced', 'check', 'ok'] : STAGES[stage]
}

export const SENDING = new Set(['waiting', 'uploading', 'retrying'])
export const PROCESSING = new Set(['checking', 'previews', 'storing', 'delivering'])
export const FINAL = new Set(['delivered', 'undelivered', 'refused', 'failed'])

/** Bytes still move or the server still works: the batch is not over. */
export function isActive(stage) {
  return SENDING.has(stage) || PROCESSING.has(stage)
}

/** The job's own step; reading a picture is where its previews are made. */
function stageOfStep(step, file) {
  const text = (step ?? '').toLowerCase()
  if (/cdn|deliver/.test(text)) return 'delivering'
  if (/stor/.test(text)) return 'storing'
  if (/preview/.test(text) || (/read/.test(text) && file?.type === 'image')) return 'previews'
  return 'checking'
}

/**
 * Answer of GET /api/uploads/{id} → {stage, problem?, file?}. Of a replacement the file is the one that
 * exists: until the job is done its state is that of the bytes before.
 */
export function readStatus({ state, file, job, problem }, replaces = false) {
  const wrong = problem ?? (job?.state === 'failed' ? job.problem : null)
  if (state === 'refused') return { stage: 'refused', problem: wrong ?? unexplained('refused') }
  if (state === 'aborted') return { stage: 'failed', problem: wrong ?? unexplained('aborted') }
  if (replaces && job?.state !== 'done') return readUnfinished({ state, job, file, wrong })
  if (file?.state === 'delivered') return { stage: 'delivered', file }
  if (file?.state === 'undelivered') return { stage: 'undelivered', file, problem: wrong ?? undeliveredProblem(file) }
  return replaces ? { stage: 'delivered', file } : readUnfinished({ state, job, file, wrong })
}

function readUnfinished({ state, job, file, wrong }) {
  if (job?.state === 'failed') return { stage: 'failed', file, problem: wrong ?? unexplained('failed') }
  if (state === 'open') return { stage: 'uploading' }
  return { stage: job?.state === 'queued' ? 'checking' : stageOfStep(job?.step, file), file }
}

function unexplained(word) {
  return { detail: `The server ${word} this upload without a reason.`, hint: 'Upload the file again.' }
}

/** Names the first check that failed, so that nobody has to guess. */
function undeliveredProblem(file) {
  const step = file.delivery?.find((check) => !check.ok)
  if (!step) return { detail: 'The file is stored, but the CDN does not serve it.', hint: 'Open it in the library and check its delivery.' }
  const found = step.expected || step.actual ? `: expected ${step.expected || 'an answer'}, got ${step.actual || 'none'}` : ''
  return { detail: `The file is stored, but ${step.name} failed${found}.`, hint: 'Open it in the library to check the delivery again.' }
}

/** Milliseconds until a file's status is asked again; quick at first, calm when it takes long. */
export function pollDelay(asked) {
  return Math.min(2000, 200 + asked * 150)
}

/** What the bar above the list says. */
export function totals(items) {
  const sum = { all: items.length, active: 0, delivered: 0, trouble: 0, failing: 0, paused: 0, bytes: 0, sent: 0 }
  for (const item of items) {
    if (isActive(item.stage)) sum.active += 1
    if (item.stage === 'delivered') sum.delivered += 1
    if (STAGES[item.stage][2] === 'fail') sum.failing += 1
    if (item.stage === 'paused') sum.paused += 1
    if (['refused', 'failed', 'undelivered', 'needs-file'].includes(item.stage)) sum.trouble += 1
    if (['refused', 'failed', 'needs-file'].includes(item.stage)) continue // nothing of it will move
    sum.bytes += item.size
    sum.sent += item.sent
  }
  return sum
}
