// The files of one query in their order, fetched in blocks as somebody walks along them.

export const BLOCK = 60

export class Reel {
  #items = new Map() // position → item
  #blocks = new Map() // first position → promise
  #fetch

  /** `fetchBlock(offset, limit)` answers { items, total }. */
  constructor({ items, offset, total }, fetchBlock) {
    this.total = total
    this.#fetch = fetchBlock
    this.#keep(items, offset)
  }

  at(position) {
    return this.#items.get(position)
  }

  /** The address of a private file ends after a while: asked again, it comes with a new one. */
  async renew(position) {
    this.#items.delete(position)
    return this.need(position)
  }

  positionOf(id) {
    for (const [position, item] of this.#items) if (item.id === id) return position
    return null
  }

  /** The item there, fetched where it is not known yet; null where the query ends before it. */
  async need(position) {
    if (position < 0 || position >= this.total) return null
    if (!this.#items.has(position)) await this.#load(Math.floor(position / BLOCK) * BLOCK)
    return this.#items.get(position) ?? null
  }

  #load(start) {
    if (!this.#blocks.has(start)) {
      const loading = this.#fetch(start, BLOCK).then(({ items, total }) => {
        this.total = total
        this.#keep(items, start)
      })
      // What failed may be asked for again, and so may what has grown since.
      this.#blocks.set(start, loading)
      loading.then(() => this.#blocks.delete(start), () => this.#blocks.delete(start))
    }
    return this.#blocks.get(start)
  }

  #keep(items, offset) {
    items.forEach((item, index) => this.#items.set(offset + index, item))
  }
}

/** Where a key leads from `position`; null for keys that lead nowhere. */
export function step(key, position, total) {
  const to = { ArrowLeft: position - 1, PageUp: position - 1, ArrowRight: position + 1, PageDown: position + 1, Home: 0, End: total - 1 }[key]
  return to === undefined ? null : Math.min(Math.max(to, 0), Math.max(0, total - 1))
}

/** "12 of 4,310" */
export function place(position, total) {
  const number = (value) => value.toLocaleString('en-US')
  return position === null ? '' : `${number(position + 1)} of ${number(total)}`
}
