// What must survive a reload: one small record per unfinished upload in localStorage, and the bytes of
// files up to a limit in IndexedDB; of larger ones a handle, where the browser gives one. Everything
// belongs to one account and goes when another signs in.

const PREFIX = 'dashboard.upload:'
const KEEP_DAYS = 7
const LARGEST_KEPT = 64 * 1024 * 1024
const KEPT_TOGETHER = 512 * 1024 * 1024

function openShelf() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('dashboard-uploads', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('files')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Blobs by id. Every method answers even where the browser forbids storage; then nothing is kept. */
export class Shelf {
  #database

  async #run(mode, use) {
    try {
      this.#database ??= openShelf()
      const store = (await this.#database).transaction('files', mode).objectStore('files')
      return await new Promise((resolve, reject) => {
        const request = use(store)
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    } catch {
      return undefined
    }
  }

  put(id, blob) {
    return this.#run('readwrite', (store) => store.put(blob, id)).then((key) => key !== undefined)
  }

  get(id) {
    return this.#run('readonly', (store) => store.get(id))
  }

  delete(id) {
    return this.#run('readwrite', (store) => store.delete(id))
  }

  async ids() {
    return (await this.#run('readonly', (store) => store.getAllKeys())) ?? []
  }
}

function isHandle(kept) {
  return typeof kept?.getFile === 'function'
}

export class Memory {
  #account
  #storage
  #shelf
  #now
  #kept = new Map()
  #handles = new WeakMap()
  #line = Promise.resolve()

  constructor(account, { storage, shelf = new Shelf(), now = () => Date.now() } = {}) {
    this.#account = account
    this.#storage = storage
    this.#shelf = shelf
    this.#now = now
  }

  /** Records of this account that are worth continuing; forgets all others. */
  async recall() {
    const alive = []
    for (const [key, record] of this.#all()) {
      const mine = record?.account === this.#account
      const fresh = record?.at > this.#now() - KEEP_DAYS * 86_400_000
      if (mine && fresh) alive.push(record)
      else this.#storage.removeItem(key)
    }
    const known = new Set(alive.map((record) => record.id))
    for (const id of await this.#shelf.ids()) if (!known.has(id)) await this.#shelf.delete(id)
    return alive
  }

  /** Merges `fields` into the record of `id`; silently nothing where storage is full or forbidden. */
  note(id, fields) {
    const record = { ...this.#read(PREFIX + id), ...fields, id, account: this.#account, at: this.#now() }
    try {
      this.#storage?.setItem(PREFIX + id, JSON.stringify(record))
    } catch {
      // Without a record the upload still runs; only a reload starts it anew.
    }
  }

  /** `handle` can read `file` again after a reload; Chromium has one for what was dropped. */
  reach(file, handle) {
    this.#handles.set(file, handle)
  }

  /** Keeps bytes or handle, one file after the other, so that many files do not fight for the disk. */
  keep(id, file, stillWanted) {
    if (this.#kept.has(id)) return
    const used = [...this.#kept.values()].reduce((sum, size) => sum + size, 0)
    const fits = file.size <= LARGEST_KEPT && used + file.size <= KEPT_TOGETHER
    const content = fits ? file : this.#handles.get(file)
    if (!content) return
    this.#kept.set(id, fits ? file.size : 0)
    this.#line = this.#line.then(async () => {
      if (!stillWanted()) return this.#kept.delete(id)
      return this.#shelf.put(id, content)
    })
  }

  /** The file as it was, or null. */
  async file(record) {
    const kept = await this.#shelf.get(record.id)
    if (isHandle(kept)) return this.#readAgain(record, kept, 'queryPermission')
    if (!kept || kept.size !== record.size) return null
    this.#kept.set(record.id, kept.size)
    return new File([kept], record.name, { type: record.type, lastModified: record.lastModified })
  }

  /** Whether `ask` could help where `file` gave nothing. */
  async askable(record) {
    const kept = await this.#shelf.get(record.id)
    return isHandle(kept) && (await kept.queryPermission({ mode: 'read' }).catch(() => '')) === 'prompt'
  }

  /** Called in a click: the browser asks the person. The file, or null. */
  async ask(record) {
    const kept = await this.#shelf.get(record.id)
    return isHandle(kept) ? this.#readAgain(record, kept, 'requestPermission') : null
  }

  /** Null also where the file was changed since: its parts would not fit together. */
  async #readAgain(record, handle, permission) {
    this.#kept.set(record.id, 0)
    try {
      if ((await handle[permission]({ mode: 'read' })) !== 'granted') return null
      const file = await handle.getFile()
      return file.size === record.size && file.lastModified === record.lastModified ? file : null
    } catch {
      return null
    }
  }

  forget(id) {
    this.#storage?.removeItem(PREFIX + id)
    if (this.#kept.delete(id)) this.#line = this.#line.then(() => this.#shelf.delete(id))
  }

  #read(key) {
    try {
      return JSON.parse(this.#storage?.getItem(key) ?? 'null')
    } catch {
      return null
    }
  }

  #all() {
    const keys = Array.from({ length: this.#storage?.length ?? 0 }, (_, index) => this.#storage.key(index))
    return keys.filter((key) => key?.startsWith(PREFIX)).map((key) => [key, this.#read(key)])
  }
}

/**
 * Makes this tab the only one that works on `id`, until the returned function is called or the tab ends.
 * Null: another tab has it. Where the browser has no locks (plain http), `unsure` is set on the function.
 */
export function claim(id, locks = globalThis.navigator?.locks) {
  if (!locks) return Promise.resolve(Object.assign(() => {}, { unsure: true }))
  return new Promise((resolve) => {
    locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null)
      return new Promise((release) => resolve(release))
    })
  })
}
