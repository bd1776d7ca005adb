// A first-come-first-served limit on what runs side by side.

export class Slots {
  #free
  #queue = []

  constructor(limit) {
    this.#free = limit
  }

  /** Runs `work` when a slot is free. An aborted wait rejects and leaves no slot behind. */
  async run(work, signal) {
    await this.#take(signal)
    try {
      return await work()
    } finally {
      this.#give()
    }
  }

  #take(signal) {
    signal?.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const entry = { resolve, onAbort: undefined, signal }
      entry.onAbort = () => {
        this.#queue = this.#queue.filter((other) => other !== entry)
        reject(signal.reason)
      }
      signal?.addEventListener('abort', entry.onAbort, { once: true })
      this.#queue.push(entry)
    })
  }

  #give() {
    const next = this.#queue.shift()
    if (!next) {
      this.#free += 1
      return
    }
    next.signal?.removeEventListener('abort', next.onAbort)
    next.resolve()
  }
}
