// Entry of the viewer: one file over the whole page, with its neighbours in the query behind it.
import tokens from '../shared/tokens.css'
import { adoptStyles, applyScheme } from '../shared/theme.js'
import { showing, shownIn } from './address.js'
import { Box } from './box.js'
import { Reel, place, step } from './reel.js'
import styles from './viewer.css'

export const OPEN = 'dashboard-view' // heard on the window: { id }
export const VIEWED = 'dashboard-viewed' // said there on closing: { id } of the last file

class Viewer {
  #box
  #component
  #reel
  #known = ''
  #extra = null // a file that the address names, outside of the page of the query
  #position = null
  #item = null
  #turning = 0
  #pushed = false
  #after = null
  #listeners = new AbortController()

  constructor(parentElement) {
    adoptStyles(parentElement, tokens)
    adoptStyles(parentElement, styles)
    this.#box = new Box({
      go: (direction) => this.#go(this.#position + direction),
      close: () => this.close(),
      details: () => this.#details(),
      download: () => this.#download(),
      failed: (item) => this.#renew(item),
      pressed: (event) => this.#pressed(event),
      ask,
    })
    parentElement.append(this.#box.node)
    const { signal } = this.#listeners
    addEventListener(OPEN, ({ detail }) => this.open(detail.id), { signal })
    document.addEventListener('click', (event) => this.#clicked(event), { signal, capture: true })
    // Before Streamlit, which would run the whole page for a step that is only ours.
    addEventListener('popstate', (event) => this.#stepped(event), { signal, capture: true })
  }

  update(component) {
    const first = !this.#component
    this.#component = component
    applyScheme(this.#box.node)
    if (this.#known !== component.data.page) {
      this.#known = component.data.page
      const { window: found, extra, filter } = JSON.parse(component.data.page)
      this.#extra = extra
      if (!this.#box.isOpen) this.#reel = new Reel(found, (offset, limit) => fetchWindow(filter, offset, limit))
    }
    const named = shownIn(location.href)
    if (first && named) this.open(named, { pushed: false })
  }

  isOf(component) {
    return this.#component === component
  }

  remove() {
    this.#listeners.abort()
    this.#box.remove()
  }

  // --- opening and closing ----------------------------------------------------------------------

  open(id, { pushed = true } = {}) {
    const position = this.#reel.positionOf(id)
    const item = position === null ? (this.#extra?.id === id ? this.#extra : null) : this.#reel.at(position)
    if (!item) return false
    if (pushed && !this.#box.isOpen) {
      history.pushState(history.state, '', showing(location.href, id))
      this.#pushed = true
    }
    this.#box.open()
    this.#show(item, position)
    return true
  }

  close() {
    if (!this.#box.isOpen) return
    if (this.#pushed) return history.back() // and then as if somebody had gone back
    history.replaceState(history.state, '', showing(location.href, null))
    this.#closed()
  }

  #closed() {
    const { id } = this.#item
    this.#pushed = false
    this.#turning += 1
    this.#box.close()
    dispatchEvent(new CustomEvent(VIEWED, { detail: { id } }))
    // Python believes what the address said when the page began.
    if (this.#component.data.linked && !this.#after) this.#component.setTriggerValue('closed', id)
    this.#after?.()
    this.#after = null
  }

  #stepped(event) {
    const named = shownIn(location.href)
    if (this.#box.isOpen && !named) {
      event.stopImmediatePropagation()
      this.#closed()
    } else if (!this.#box.isOpen && named && this.open(named, { pushed: false })) {
      event.stopImmediatePropagation()
      this.#pushed = true // there is an entry without it behind this one
    }
  }

  #details() {
    const { id } = this.#item
    this.#after = () => this.#component.setTriggerValue('details', id)
    this.close()
  }

  async #download() {
    try {
      const { url } = await ask(`/api/files/${encodeURIComponent(this.#item.id)}/download`)
      location.assign(url) // it comes as an attachment: the page stays
    } catch (error) {
      this.#box.say(error.message)
    }
  }

  // --- walking ----------------------------------------------------------------------------------

  async #go(position) {
    if (this.#position === null || position < 0 || position >= this.#reel.total) return
    const turn = (this.#turning += 1)
    this.#box.busy(!this.#reel.at(position))
    try {
      const item = await this.#reel.need(position)
      if (turn !== this.#turning) return
      if (item) this.#show(item, position)
      else this.#box.say('There is no such file any more.')
    } catch (error) {
      if (turn === this.#turning) this.#box.say(error.message)
    } finally {
      if (turn === this.#turning) this.#box.busy(false)
    }
  }

  #show(item, position) {
    this.#item = item
    this.#position = position
    this.#box.show(item, {
      place: place(position, this.#reel.total),
      before: position !== null && position > 0,
      after: position !== null && position < this.#reel.total - 1,
    })
    if (shownIn(location.href) !== item.id) history.replaceState(history.state, '', showing(location.href, item.id))
    if (position !== null) for (const beside of [position + 1, position - 1]) this.#preload(beside)
  }

  async #renew(item) {
    const position = this.#position
    if (position === null) return
    const fresh = await this.#reel.renew(position).catch(() => null) // it is said already that it failed
    if (fresh?.id === item.id && fresh.url !== item.url && this.#item === item) this.#show(fresh, position)
  }

  async #preload(position) {
    const item = await this.#reel.need(position).catch(() => null) // walking there will say why
    const source = item && item.shown_as === 'picture' && (item.preview_url || item.url)
    if (!source || (!item.preview_url && item.size > 4 * 1024 * 1024)) return
    new Image().src = source
  }

  // --- hearing ----------------------------------------------------------------------------------

  /** A link of the page that names a file opens it here; without this script it is a plain link. */
  #clicked(event) {
    const link = event.target instanceof Element && event.target.closest('a[data-view]')
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (this.open(link.dataset.view)) {
      event.preventDefault()
      event.stopPropagation()
    }
  }

  #pressed({ key, shiftKey }) {
    if (key === 'i') return this.#details() ?? true
    if (key === ' ') return this.#box.toggle() || (this.#go(this.#position + (shiftKey ? -1 : 1)), true)
    const to = this.#position === null ? null : step(key, this.#position, this.#reel.total)
    if (to === null) return false
    if (to !== this.#position) this.#go(to)
    return true
  }
}

async function ask(path) {
  let answer
  try {
    answer = await fetch(path, { headers: { accept: 'application/json' } })
  } catch { throw new Error('The server does not answer. Check the connection.') }
  const body = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Error([body.detail, body.hint].filter(Boolean).join(' ') || `The server answers ${answer.status}.`)
  return body
}

function fetchWindow(filter, offset, limit) {
  return ask(`/api/viewer?${new URLSearchParams({ filter, offset, limit })}`)
}

const viewers = new WeakMap()

export function mount(component) {
  const { parentElement } = component
  const viewer = viewers.get(parentElement) ?? new Viewer(parentElement)
  viewers.set(parentElement, viewer)
  viewer.update(component)
  return () => {
    // Streamlit also cleans up after a call that a newer one has replaced; that one must not end the view.
    if (!viewer.isOf(component)) return
    viewers.delete(parentElement)
    viewer.remove()
  }
}

