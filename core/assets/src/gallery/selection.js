// Which tiles are selected, by the rules of a file manager. Pure: no DOM.

export class Selection {
  #ids = new Set()
  #anchor = null

  has(id) {
    return this.#ids.has(id)
  }

  get size() {
    return this.#ids.size
  }

  /** In the order of the page, so that the answer does not depend on the order of clicks. */
  list(order) {
    return order.filter((id) => this.#ids.has(id))
  }

  replace(ids) {
    this.#ids = new Set(ids)
    this.#anchor = null
  }

  toggle(id) {
    if (!this.#ids.delete(id)) this.#ids.add(id)
    this.#anchor = id
  }

  /** Adds everything between the last toggled tile and this one. */
  extendTo(id, order) {
    const to = order.indexOf(id)
    const from = Math.max(0, order.indexOf(this.#anchor ?? id))
    const [first, last] = from < to ? [from, to] : [to, from]
    for (const between of order.slice(first, last + 1)) this.#ids.add(between)
    this.#anchor ??= id
  }

  startFrom(id) {
    this.#anchor ??= id
  }

  clear() {
    this.#ids.clear()
    this.#anchor = null
  }

  /** Drops what is no longer on the page; answers whether anything was. */
  retain(order) {
    const before = this.#ids.size
    this.#ids = new Set(this.list(order))
    if (!order.includes(this.#anchor)) this.#anchor = null
    return this.#ids.size !== before
  }
}

/** Where a key moves the focus in a grid of `count` tiles and `columns` columns, or null. */
export function moveFocus(key, from, count, columns) {
  const last = count - 1
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -3 * columns, PageDown: 3 * columns }
  if (key === 'Home') return 0
  if (key === 'End') return last
  if (!(key in steps)) return null
  const to = from + steps[key]
  if (to >= 0 && to <= last) return to
  if (key === 'PageUp') return from % columns
  if (key === 'PageDown') return last
  // Down from above a shorter last row goes to its end instead of nowhere.
  const rowsLeft = Math.floor(last / columns) > Math.floor(from / columns)
  return key === 'ArrowDown' && rowsLeft ? last : from
}

/** What the toolbar says: `3 selected, 12 on other pages`, or that all of the query is. */
export function selectedWords(chosen, { elsewhere, everything }, whole) {
  if (whole) return `All ${everything.toLocaleString('en-US')} selected`
  const here = `${chosen.toLocaleString('en-US')} selected`
  return elsewhere ? `${here}, ${elsewhere.toLocaleString('en-US')} on other pages` : here
}
