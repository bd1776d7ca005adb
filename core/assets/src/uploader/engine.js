// The uploader plugin: takes each Uppy file its whole way, from ticket to delivered, over our own routes.
//
// What the person sees of a file stands in `file.way`: {stage, sent, problem?, file?, uploadId?, nextTry?}.
import { BasePlugin } from '@uppy/core'
import { missingParts, planParts } from './plan.js'
import { MAX_ATTEMPTS, TransferError, delayBefore, isRefusal } from './retry.js'
import { Slots } from './slots.js'
import { FINAL, PROCESSING, SENDING } from './states.js'
import { postForm, transfer } from './transfer.js'
import { Watcher } from './watch.js'

const FILES_SIDE_BY_SIDE = 4
const TRANSFERS_SIDE_BY_SIDE = 4 // leaves two of a browser's six HTTP/1.1 connections for the page
const URLS_AT_ONCE = 8
const PROGRESS_EVERY = 100
const KEEP_AFTER = 1000 // most files are through by then and need no copy on disk

const PAUSED = new DOMException('paused', 'AbortError')
const REMOVED = new DOMException('removed', 'AbortError')
const STALE_TICKET = new Set([404, 409, 410])

export class DirectUpload extends BasePlugin {
  #api
  #memory
  #watcher
  #files = new Slots(FILES_SIDE_BY_SIDE)
  #transfers = new Slots(TRANSFERS_SIDE_BY_SIDE)
  #running = new Map()

  constructor(uppy, opts) {
    super(uppy, opts)
    this.id = 'DirectUpload'
    this.type = 'uploader'
    this.#api = opts.api
    this.#memory = opts.memory
    this.#watcher = new Watcher(opts.api)
  }

  install() {
    this.uppy.addUploader((ids) => Promise.all(ids.map((id) => this.#run(id))))
    this.uppy.on('file-removed', (file) => this.#removed(file))
  }

  /** Sends one file, or goes on with it. Uppy's own `upload()` would also retry what was refused. */
  start(id) {
    if (this.#running.has(id)) return
    const way = this.#way(id)
    if (way.problem && !PROCESSING.has(way.stage)) this.#show(id, { problem: undefined })
    this.uppy.retryUpload(id).catch((error) => this.uppy.log(error, 'error'))
  }

  pause(id) {
    if (!SENDING.has(this.#way(id)?.stage)) return
    const control = this.#running.get(id)
    this.#running.delete(id) // so that an immediate resume is not taken for a second start
    this.#show(id, { stage: 'paused', problem: undefined })
    this.#memory.note(id, { paused: true })
    control?.abort(PAUSED)
  }

  resume(id) {
    if (this.#way(id)?.stage !== 'paused') return
    this.#show(id, { stage: 'waiting' })
    this.#memory.note(id, { paused: false })
    this.start(id)
  }

  /** Begins again with a new ticket, whatever the server thought of the old one. */
  retry(id) {
    const { stage } = this.#way(id)
    if (stage === 'refused' || this.#way(id).completed) this.#forgetTicket(id)
    this.#show(id, { stage: 'waiting', problem: undefined, completed: false })
    this.start(id)
  }

  /** Learns how much of an interrupted upload the server has, for a file that waits for the person. */
  async measure(id) {
    const { uploadId, ticket } = this.#way(id)
    if (ticket?.method !== 'multipart') return
    try {
      const present = await this.#api.parts(uploadId)
      this.#show(id, { present: present.reduce((sum, part) => sum + part.size, 0) })
    } catch {
      // Nothing is lost but a number: starting asks the server again and says what is wrong.
    }
  }

  // --- one file's way -------------------------------------------------------------------------

  async #run(id) {
    const control = new AbortController()
    this.#running.set(id, control)
    this.#remember(id)
    try {
      if (!this.#way(id).completed) {
        await this.#files.run(() => this.#send(id, control.signal), control.signal)
      }
      await this.#follow(id, control.signal)
    } catch (error) {
      if (!control.signal.aborted) this.#fail(id, error)
    } finally {
      if (this.#running.get(id) === control) this.#running.delete(id)
      this.#settle(id)
    }
  }

  async #send(id, signal) {
    for (let restarts = 0; ; restarts += 1) {
      try {
        const ticket = await this.#ticket(id, signal)
        if (ticket) await this.#sendBytes(id, ticket, signal)
        await this.#complete(id, signal)
        return
      } catch (error) {
        const stale = STALE_TICKET.has(error.status) || (error.status === 403 && error.code)
        if (signal.aborted || !stale || restarts > 0 || !this.#way(id).uploadId) throw error
        this.#forgetTicket(id)
      }
    }
  }

  /** The ticket to send with, or null where the server has all bytes and was told so. */
  async #ticket(id, signal) {
    const { uploadId } = this.#way(id)
    if (uploadId) {
      const status = await this.#patiently(id, signal, () => this.#api.status(uploadId, signal))
      if (!['open', 'aborted'].includes(status.state)) return null
      const record = this.#way(id).ticket
      if (status.state === 'open' && record?.method === 'multipart') return record
      // A form's signature is not kept in the browser's storage: a new ticket is cheap.
      this.#api.abort(uploadId).catch(() => {})
    }
    const ticket = await this.#patiently(id, signal, () => this.#open(this.uppy.getFile(id), signal))
    const { upload_id: uploadIdNow, method, part_size: partSize } = ticket
    if (!this.uppy.getFile(id)) {
      this.#api.abort(uploadIdNow).catch(() => {})
      throw REMOVED
    }
    const known = { uploadId: uploadIdNow, ticket: { upload_id: uploadIdNow, method, part_size: partSize } }
    this.#show(id, known)
    this.#memory.note(id, known)
    return ticket
  }

  #open({ name, size, type, meta }, signal) {
    const content = { name, size, content_type: type }
    if (!meta.replaces) return this.#api.open({ ...content, folder: meta.folder ?? '', private: meta.isPrivate === true }, signal)
    const { id, sameKey, seen } = meta.replaces
    return this.#api.openReplacement(id, { ...content, same_key: sameKey, seen }, signal)
  }

  #sendBytes(id, ticket, signal) {
    this.#show(id, { stage: 'uploading' })
    return ticket.method === 'post' ? this.#sendWhole(id, ticket, signal) : this.#sendParts(id, ticket, signal)
  }

  async #sendWhole(id, ticket, signal) {
    const { data, size } = this.uppy.getFile(id)
    const progress = this.#progress(id, 0)
    await this.#patiently(id, signal, () =>
      this.#transfers.run(
        () => transfer({
          method: 'POST', url: ticket.url, body: postForm(ticket.fields, data), signal,
          onProgress: (bytes) => progress('whole', Math.min(bytes, size)),
        }), signal),
    )
    progress('whole', size, true)
  }

  async #sendParts(id, ticket, signal) {
    const { size } = this.uppy.getFile(id)
    const present = await this.#patiently(id, signal, () => this.#api.parts(ticket.upload_id, signal))
    const { missing, bytesPresent } = missingParts(planParts(size, ticket.part_size), present)
    const progress = this.#progress(id, bytesPresent)
    progress('present', 0, true)
    const urls = this.#urlSource(id, ticket.upload_id, missing, signal)
    // One after the other: a reload, a crash or a cut loses what is under way, so at most one part.
    const line = new Slots(1)
    await together(signal, (inner) =>
      missing.map((part) => line.run(() => this.#sendPart(id, part, urls, progress, inner), inner)))
  }

  async #sendPart(id, part, urls, progress, signal) {
    const { data } = this.uppy.getFile(id)
    await this.#patiently(id, signal, () => this.#transfers.run(async () => {
      progress(part.number, 0)
      try {
        await transfer({
          method: 'PUT', url: await urls.take(part.number), body: data.slice(part.start, part.end), signal,
          onProgress: (bytes) => progress(part.number, bytes),
        })
      } catch (error) {
        urls.drop(part.number)
        throw error
      }
    }, signal), { expiredUrls: true })
    progress(part.number, part.size, true)
  }

  /** Part URLs fetched a few at a time, shortly before use, because they expire. */
  #urlSource(id, uploadId, missing, signal) {
    const order = missing.map((part) => part.number)
    const ready = new Map()
    return {
      take: async (number) => {
        if (!ready.has(number)) {
          const from = order.indexOf(number)
          const numbers = order.slice(from, from + URLS_AT_ONCE).filter((other) => !ready.has(other))
          const answer = this.#api.partUrls(uploadId, numbers, signal)
          for (const wanted of numbers) {
            const url = answer.then((items) => items.find((item) => item.part_number === wanted).url)
            url.catch(() => ready.delete(wanted))
            ready.set(wanted, url)
          }
        }
        return ready.get(number)
      },
      drop: (number) => ready.delete(number),
    }
  }

  async #complete(id, signal) {
    const { uploadId } = this.#way(id)
    this.#show(id, { stage: 'checking', sent: this.uppy.getFile(id).size })
    try {
      await this.#patiently(id, signal, () => this.#api.complete(uploadId, signal))
    } catch (error) {
      // The first answer may have been lost on the way: then the upload is no longer open.
      if (error.status !== 409) throw error
      const status = await this.#patiently(id, signal, () => this.#api.status(uploadId, signal))
      if (status.state === 'open') throw error
    }
    this.#show(id, { completed: true, stage: 'checking' })
    this.#memory.note(id, { completed: true })
    this.uppy.emit('upload-success', this.uppy.getFile(id), { status: 202, body: {} })
  }

  async #follow(id, signal) {
    const { uploadId } = this.#way(id)
    const replaces = Boolean(this.uppy.getFile(id).meta.replaces)
    const final = await this.#watcher.follow(uploadId, signal, (status) => this.#show(id, pickShown(status)), replaces)
    this.#show(id, pickShown(final))
  }

  // --- failing and waiting --------------------------------------------------------------------

  /** Repeats `work` while its failures are of the kind that passes, showing when it tries again. */
  async #patiently(id, signal, work, { expiredUrls = false } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        signal.throwIfAborted()
        const answer = await work()
        this.#calm(id)
        return answer
      } catch (error) {
        const passes = error.passes || (expiredUrls && error.status === 403 && attempt < 3)
        if (signal.aborted || !passes || attempt >= MAX_ATTEMPTS) throw error
        const offline = globalThis.navigator?.onLine === false
        if (offline) attempt -= 1
        const delay = delayBefore(Math.max(1, attempt), Math.random(), error.retryAfter)
        this.#show(id, { stage: 'retrying', problem: problemOf(error), nextTry: offline ? 0 : Date.now() + delay })
        await waitOrOnline(delay, offline, signal)
      }
    }
  }

  #calm(id) {
    if (this.#way(id)?.stage === 'retrying') this.#show(id, { stage: 'uploading', problem: undefined })
  }

  #fail(id, error) {
    if (!this.uppy.getFile(id)) return
    this.#show(id, { stage: isRefusal(error) ? 'refused' : 'failed', problem: problemOf(error) })
    if (!(error instanceof TransferError)) this.uppy.log(error, 'error')
  }

  #settle(id) {
    const way = this.#way(id)
    if (!way) return
    // A failed one stays remembered, so that a reload can go on where it broke.
    if (FINAL.has(way.stage) && way.stage !== 'failed') this.#memory.forget(id)
    if (FINAL.has(way.stage)) this.uppy.emit('way-ended', id)
  }

  #removed(file) {
    const { uploadId, completed, stage } = file.way ?? {}
    this.#running.get(file.id)?.abort(REMOVED)
    this.#memory.forget(file.id)
    if (uploadId && !completed && !['refused', 'delivered'].includes(stage)) this.#api.abort(uploadId).catch(() => {})
    this.uppy.emit('way-ended', file.id)
  }

  // --- bookkeeping ----------------------------------------------------------------------------

  #way(id) {
    return this.uppy.getFile(id)?.way
  }

  #show(id, patch) {
    const file = this.uppy.getFile(id)
    // A late answer must not undo what the person did meanwhile.
    if (!file || (file.way.stage === 'paused' && patch.stage && patch.stage !== 'waiting' && !patch.completed)) return
    this.uppy.setFileState(id, { way: { ...file.way, ...patch } })
  }

  #forgetTicket(id) {
    this.#show(id, { uploadId: undefined, ticket: undefined, sent: 0 })
    this.#memory.note(id, { uploadId: null, ticket: null, completed: false })
  }

  #remember(id) {
    const { name, size, type, data, meta, way } = this.uppy.getFile(id)
    const { uploadId = null, ticket = null, completed = false } = way
    this.#memory.note(id, {
      name, size, type, uploadId, ticket, completed, paused: false,
      lastModified: data?.lastModified ?? 0,
      folder: meta.folder ?? '', relativePath: meta.relativePath ?? '', isPrivate: meta.isPrivate === true, batch: meta.batch ?? 0, order: meta.order ?? 0,
      replaces: meta.replaces ?? null,
    })
    const unfinished = () => SENDING.has(this.#way(id)?.stage) || this.#way(id)?.stage === 'paused'
    if (data) setTimeout(() => unfinished() && this.#memory.keep(id, data, unfinished), KEEP_AFTER)
  }

  /** Adds up what several transfers of one file report, and tells Uppy no more often than needed. */
  #progress(id, before) {
    const running = new Map()
    let told = 0
    return (part, bytes, now = false) => {
      running.set(part, bytes)
      if (bytes > 0) this.#calm(id)
      if (!now && Date.now() - told < PROGRESS_EVERY) return
      told = Date.now()
      const sent = before + [...running.values()].reduce((sum, value) => sum + value, 0)
      this.#show(id, { sent: Math.min(sent, this.uppy.getFile(id)?.size ?? sent) })
    }
  }
}

function pickShown({ stage, file, problem }) {
  return { stage, problem, ...(file && { file }) }
}

function problemOf(error) {
  if (error instanceof TransferError) return { detail: error.detail, hint: error.hint, answered: error.status > 0 }
  if (error?.name === 'NotReadableError' || error?.name === 'NotFoundError') {
    return { detail: 'The browser can no longer read this file.', hint: 'Choose it again.' }
  }
  return { detail: `Something unforeseen happened: ${error?.message ?? error}.`, hint: 'Retry, or reload the page.' }
}

/** All of `work`, where the first failure stops the rest instead of leaving it running. */
async function together(signal, work) {
  const inner = new AbortController()
  const stop = () => inner.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const all = work(inner.signal)
  try {
    await Promise.all(all)
  } catch (error) {
    inner.abort(error)
    await Promise.allSettled(all)
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function waitOrOnline(delay, offline, signal) {
  return new Promise((resolve, reject) => {
    const timer = offline ? undefined : setTimeout(done, delay)
    function done() {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', done)
      signal.removeEventListener('abort', stop)
      resolve()
    }
    function stop() {
      done()
      reject(signal.reason)
    }
    globalThis.addEventListener?.('online', done, { once: true })
    signal.addEventListener('abort', stop, { once: true })
  })
}
