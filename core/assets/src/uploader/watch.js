// Asks the server how far the processing of each finished upload is, at a pace it does not feel.
import { FINAL, pollDelay, readStatus } from './states.js'
import { TransferError } from './retry.js'

const SIDE_BY_SIDE = 3
const GAP_PER_FILE = 40

export class Watcher {
  #api
  #pending = new Map()
  #asking = 0
  #timer

  constructor(api) {
    this.#api = api
  }

  /**
   * Resolves with the final status; `onChange` hears every step before it. Aborting forgets the file.
   * `replaces`: the bytes are for a file that exists.
   */
  follow(uploadId, signal, onChange, replaces = false) {
    return new Promise((resolve, reject) => {
      const entry = { uploadId, replaces, signal, onChange, resolve, reject, asked: 0, last: Date.now() }
      this.#pending.set(entry, entry)
      signal.addEventListener('abort', () => this.#end(entry, reject, signal.reason), { once: true })
      this.#schedule()
    })
  }

  #end(entry, settle, value) {
    this.#pending.delete(entry)
    settle(value)
  }

  #schedule() {
    clearTimeout(this.#timer)
    const waiting = [...this.#pending.values()].filter((entry) => !entry.busy)
    if (!waiting.length || this.#asking >= SIDE_BY_SIDE) return
    const next = waiting.reduce((first, entry) => (this.#due(entry) < this.#due(first) ? entry : first))
    this.#timer = setTimeout(() => this.#ask(next), Math.max(0, this.#due(next) - Date.now()))
  }

  /** Many files share one pace, so each is asked more rarely the more there are. */
  #due(entry) {
    return entry.last + Math.max(pollDelay(entry.asked), this.#pending.size * GAP_PER_FILE)
  }

  async #ask(entry) {
    if (!this.#pending.has(entry)) return this.#schedule()
    entry.busy = true
    this.#asking += 1
    this.#schedule()
    try {
      const status = readStatus(await this.#api.status(entry.uploadId, entry.signal), entry.replaces)
      if (FINAL.has(status.stage)) this.#end(entry, entry.resolve, status)
      else if (this.#pending.has(entry)) entry.onChange(status)
    } catch (error) {
      const passes = error instanceof TransferError && error.passes
      if (!passes) this.#end(entry, entry.reject, error)
    }
    entry.asked += 1
    entry.last = Date.now()
    entry.busy = false
    this.#asking -= 1
    this.#schedule()
  }
}
