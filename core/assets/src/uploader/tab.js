// One upload list per browser tab: outlives Streamlit's pages, is continued after a reload.
import Uppy from '@uppy/core'
import { UploadsApi } from './api.js'
import { DirectUpload } from './engine.js'
import { Memory, claim } from './memory.js'
import { findWaiting, folderOf, isJunk, otherwise } from './plan.js'
import { SENDING, isActive } from './states.js'
import { count, size as sizeText } from '../shared/words.js'

const CUT = { stage: 'retrying', problem: { detail: 'There is no connection.', hint: '' } }

/** What was just added stands on top, in the order it was chosen. */
function newestBatchFirst(one, other) {
  return other.meta.batch - one.meta.batch || one.meta.order - other.meta.order
}

function localStorageOrNothing() {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}

export class UploadTab {
  #uppy = new Uppy({ id: 'dashboard', autoProceed: false })
  #engine
  #memory
  #releases = new Map()
  #listeners = new Set()
  #replaced = new Set()
  #shown = false
  #maxBytes
  #folder = ''
  #private = false
  #ended = new Set()
  #report = null
  #onBatch = () => false
  #notice = ''
  #order = Date.now() // grows from tab to tab, so that a reload keeps the order
  #ready

  constructor({ account, maxBytes, endpoint }) {
    this.#memory = new Memory(account, { storage: localStorageOrNothing() })
    this.#maxBytes = maxBytes
    this.#uppy.use(DirectUpload, { api: new UploadsApi(endpoint), memory: this.#memory })
    this.#engine = this.#uppy.getPlugin('DirectUpload')
    this.#uppy.on('state-update', () => this.#tell())
    this.#uppy.on('way-ended', (id) => this.#wayEnded(id))
    globalThis.addEventListener('beforeunload', (event) => {
      if (this.items().some((item) => SENDING.has(item.stage))) event.preventDefault()
    })
    for (const name of ['online', 'offline']) globalThis.addEventListener(name, () => this.#tell())
    this.#ready = this.#continueUnfinished()
  }

  /** The list is seen: what only a person can continue is taken up as well. */
  show() {
    if (this.#shown) return
    this.#shown = true
    this.#ready = this.#ready.then(() => this.#continueUnfinished())
  }

  /** What the page says now; the list itself goes on. `onBatch` answers whether it took the report. */
  attach({ maxBytes, folder, isPrivate, onBatch }) {
    this.#maxBytes = maxBytes
    this.#folder = folder ?? ''
    this.#private = isPrivate === true
    this.#onBatch = onBatch
    this.#reportBatch()
  }

  detach(onBatch) {
    if (this.#onBatch === onBatch) this.#onBatch = () => false
  }

  subscribe(listener) {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get notice() {
    return this.#notice
  }

  items() {
    const offline = globalThis.navigator?.onLine === false
    const files = this.#uppy.getFiles().sort(newestBatchFirst)
    return files.map(({ id, name, size, type, data, meta, way }) => ({
      id, name, size, type, data, folder: meta.folder ?? '', replaces: meta.replaces, sent: 0, ...way,
      ...(offline && way?.stage === 'uploading' && CUT), // the browser knows before its requests do
    }))
  }

  /** @param {{file: File, path?: string, handle?: FileSystemFileHandle}[]} chosen */
  async add(chosen) {
    await this.#ready
    const wanted = chosen.filter(({ file }) => !isJunk(file.name))
    this.#notice = wanted.length ? '' : 'There are no files in it.'
    for (const { file, handle } of wanted) if (handle) this.#memory.reach(file, handle)
    const batch = this.#order + 1
    let known = 0
    for (const { file, path } of wanted) if (!(await this.#addOne(file, path, batch))) known += 1
    if (known) this.#notice = `${count(known, 'file is', 'files are')} already in the list.`
    this.#tell()
  }

  /**
   * Sends new bytes for a file that exists, and nothing where some are on their way already.
   * @param {{file: File, handle?: FileSystemFileHandle}} chosen
   * @param {{id: string, name: string, sameKey: boolean, seen: number}} target
   */
  async replace({ file, handle }, target) {
    await this.#ready
    const before = this.#uppy.getFiles().filter(({ meta }) => meta.replaces?.id === target.id)
    if (before.some(({ way }) => isActive(way.stage) || way.stage === 'paused')) return
    const waiting = before.find((known) => known.isGhost && !otherwise(known.record, file))
    if (handle) this.#memory.reach(file, handle)
    if (waiting) return this.#revive(waiting.id, file)
    this.remove(before.map(({ id }) => id))
    // No folder is called so: the list takes the same file for another place as another one.
    this.#begin(file, { relativePath: `//replaces/${target.id}/${file.name}`, batch: this.#order + 1, replaces: target })
  }

  /** `heard` is called with "replaced" or "refused" when the new bytes of this file came to an end. */
  onReplaced(fileId, heard) {
    const entry = { fileId, heard }
    this.#replaced.add(entry)
    return () => this.#replaced.delete(entry)
  }

  pause(id) {
    this.#engine.pause(id)
  }

  resume(id) {
    this.#engine.resume(id)
  }

  retry(id) {
    this.#ended.delete(id)
    this.#engine.retry(id)
  }

  /** In a click: has the browser ask whether an interrupted file may be read again. */
  async allow(id) {
    const file = await this.#memory.ask(this.#uppy.getFile(id).record)
    if (file) this.#revive(id, file)
    else this.#patchWay(id, { askable: false })
  }

  /** With the file that was chosen again for this one; another is not taken for it. */
  goOn(id, { file, handle }) {
    const other = otherwise(this.#uppy.getFile(id).record, file)
    if (other) return this.#patchWay(id, { other })
    if (handle) this.#memory.reach(file, handle)
    this.#revive(id, file)
  }

  remove(ids) {
    this.#uppy.removeFiles(ids)
  }

  // --- adding ---------------------------------------------------------------------------------

  /** False where the very same file is listed already and needs nothing. */
  async #addOne(file, path, batch) {
    const ghosts = this.#uppy.getFiles().filter((known) => known.isGhost && !known.meta.replaces)
    const ghost = findWaiting(ghosts.map((known) => known.record), file)
    if (ghost) return this.#revive(ghost.id, file)
    const folder = folderOf(path, this.#folder)
    const relativePath = [folder, file.name].filter(Boolean).join('/')
    return this.#begin(file, { folder, relativePath, isPrivate: this.#private, batch })
  }

  #begin(file, meta) {
    const id = this.#insert({ name: file.name, type: file.type, data: file, meta: { ...meta, order: (this.#order += 1) } })
    if (!id) return false
    if (file.size > this.#maxBytes) {
      this.#patchWay(id, { stage: 'refused', problem: this.#tooLarge(file) })
      return true
    }
    this.#claim(id)
    this.#engine.start(id)
    return true
  }

  #tooLarge(file) {
    return {
      detail: `The file has ${sizeText(file.size)}; at most ${sizeText(this.#maxBytes)} are taken.`,
      hint: 'Make it smaller, or ask an admin to raise the limit.',
    }
  }

  #insert(descriptor, way = { stage: 'waiting', sent: 0 }) {
    try {
      const id = this.#uppy.addFile(descriptor)
      this.#uppy.setFileState(id, { way })
      return id
    } catch (error) {
      if (!error.isRestriction) throw error
      return this.#again(error.file?.id)
    }
  }

  /** Choosing a file again that failed or was refused means: try it again. */
  #again(id) {
    const stage = this.#uppy.getFile(id)?.way?.stage
    if (!['refused', 'failed'].includes(stage)) return null
    this.#uppy.setFileState(id, { way: { stage: 'waiting', sent: 0 } })
    this.#ended.delete(id)
    return id
  }

  #revive(id, file) {
    this.#uppy.setFileState(id, { data: file, isGhost: false })
    this.#patchWay(id, { stage: 'waiting', problem: undefined, other: undefined })
    this.#engine.start(id)
    return true
  }

  #patchWay(id, patch) {
    this.#uppy.setFileState(id, { way: { ...this.#uppy.getFile(id).way, ...patch } })
  }

  async #claim(id) {
    const release = await claim(id)
    if (release) this.#releases.set(id, release)
    return release
  }

  #release(id) {
    this.#releases.get(id)?.()
    this.#releases.delete(id)
  }

  // --- after a reload -------------------------------------------------------------------------

  async #continueUnfinished() {
    const records = await this.#memory.recall()
    for (const record of records.sort((one, other) => one.order - other.order)) {
      if (this.#uppy.getFile(record.id)) continue
      const release = await this.#claim(record.id)
      if (release) await this.#continueOne(record, release)
    }
  }

  async #continueOne(record, release) {
    const data = record.completed ? null : await this.#memory.file(record)
    const held = record.paused || release.unsure
    const stage = record.completed ? 'checking' : !data ? 'needs-file' : held ? 'paused' : 'waiting'
    if (!this.#shown && ['needs-file', 'paused'].includes(stage)) return this.#release(record.id) // for a tab that shows it
    const askable = stage === 'needs-file' && (await this.#memory.askable(record))
    const way = { stage, askable, sent: record.completed ? record.size : 0, uploadId: record.uploadId, ticket: record.ticket, completed: record.completed }
    this.#uppy.setState({
      files: { ...this.#uppy.getState().files, [record.id]: this.#ghost(record, data, way) },
    })
    if (stage === 'checking' || stage === 'waiting') this.#engine.start(record.id)
    else this.#engine.measure(record.id)
  }

  #ghost(record, data, way) {
    const { id, name, size, type, folder, relativePath, isPrivate, batch, order, replaces } = record
    return {
      id, name, size, type, data, record, way, source: '', extension: '', isRemote: false, isGhost: !data && !record.completed,
      meta: { name, type, folder, relativePath, isPrivate, batch, order, replaces: replaces ?? undefined },
      progress: { percentage: 0, bytesUploaded: false, bytesTotal: size, uploadComplete: false, uploadStarted: null },
    }
  }

  // --- telling --------------------------------------------------------------------------------

  #tell() {
    for (const listener of this.#listeners) listener()
  }

  #wayEnded(id) {
    const file = this.#uppy.getFile(id)
    if (file && !file.meta.replaces) this.#ended.add(id)
    else this.#ended.delete(id)
    // A failed one stays this tab's: another tab must not take it up while it waits for a retry.
    if (file?.way.stage !== 'failed') this.#release(id)
    if (file?.meta.replaces) this.#tellReplaced(file)
    const items = this.items().filter((item) => !item.replaces)
    if (items.some((item) => isActive(item.stage)) || !this.#ended.size) return
    const done = items.filter((item) => this.#ended.has(item.id))
    const ids = (stage) => done.filter((item) => item.stage === stage).map((item) => item.file?.id).filter(Boolean)
    const failed = done.filter((item) => ['refused', 'failed'].includes(item.stage)).length
    const before = this.#report ?? { delivered: [], undelivered: [], failed: 0 }
    this.#report = {
      delivered: [...before.delivered, ...ids('delivered')],
      undelivered: [...before.undelivered, ...ids('undelivered')],
      failed: before.failed + failed,
    }
    this.#ended.clear()
    this.#reportBatch()
  }

  #tellReplaced({ meta, way }) {
    const outcome = ['delivered', 'undelivered'].includes(way.stage) ? 'replaced' : 'refused'
    for (const { fileId, heard } of this.#replaced) if (fileId === meta.replaces.id) heard(outcome)
  }

  /** A report that no page took waits for the next one that shows the uploader. */
  #reportBatch() {
    if (this.#report && this.#onBatch({ ...this.#report, at: Date.now() })) this.#report = null
  }
}
