// Entry of the gallery component: `mount` is called by the stub in core/ui/gallery on every change.
import tokens from '../shared/tokens.css'
import { adoptStyles, applyScheme } from '../shared/theme.js'
import { count } from '../shared/words.js'
import styles from './gallery.css'
import { Selection, moveFocus, selectedWords } from './selection.js'
import { Tile } from './tile.js'

const VIEW = 'dashboard-view' // asks the viewer on the same page; it says VIEWED when it closes
const VIEWED = 'dashboard-viewed'
const ENOUGH = 6 // pictures that fail before the CDN is suspected
const TELL_AFTER = 120 // milliseconds: quick clicks become one rerun of the page
const LEAVING = ['pointerdown', 'keydown'] // elsewhere: what comes next must find the selection told

class Gallery {
  #root = document.createElement('div')
  #grid = document.createElement('div')
  #status = document.createElement('span')
  #all = button('Select all')
  #none = button('Clear')
  #trouble = document.createElement('p')
  #diagnose = false
  #arrived = 0
  #missing = 0
  #tiles = []
  #order = []
  #focused = 0
  #selection = new Selection()
  #selectedByPage
  #page = ''
  #around = { elsewhere: 0, everything: 0 }
  #told = ''
  #timer
  #component
  #viewed = ({ detail }) => this.#return(detail.id)
  #left = (event) => event.composedPath().includes(this.#root) || this.#tell(0)

  constructor(parentElement) {
    this.#root.className = 'root gallery'
    this.#grid.className = 'grid'
    this.#grid.setAttribute('role', 'listbox')
    this.#grid.setAttribute('aria-multiselectable', 'true')
    this.#status.setAttribute('role', 'status')
    const bar = document.createElement('div')
    bar.className = 'toolbar'
    bar.append(this.#status, this.#all, this.#none)
    this.#trouble.className = 'trouble'
    this.#trouble.setAttribute('role', 'alert')
    this.#trouble.hidden = true
    this.#root.append(this.#trouble, bar, this.#grid)
    this.#listen()
    adoptStyles(parentElement, tokens)
    adoptStyles(parentElement, styles)
    parentElement.append(this.#root)
  }

  update(component) {
    const { items, label, page = '', selected, current, around, diagnose } = JSON.parse(component.data.page)
    const first = !this.#component
    const samePage = page === this.#page
    this.#component = component
    this.#page = page
    this.#diagnose = diagnose === true
    this.#around = around ?? { elsewhere: 0, everything: 0 }
    applyScheme(this.#root)
    this.#grid.setAttribute('aria-label', label)
    this.#fill(items)
    const wanted = selected === null || selected === undefined ? undefined : JSON.stringify(selected)
    if (first) {
      this.#selection.replace(selected ?? current ?? [])
      this.#told = this.#said(current ?? [])
    } else if (wanted !== undefined && (wanted !== this.#selectedByPage || !samePage)) {
      this.#selection.replace(selected)
    }
    this.#selectedByPage = wanted
    this.#selection.retain(this.#order)
    this.#show()
    this.#tell(0)
  }

  remove() {
    clearTimeout(this.#timer)
    removeEventListener(VIEWED, this.#viewed)
    for (const sign of LEAVING) removeEventListener(sign, this.#left, true)
    this.#root.remove()
  }

  isOf(component) {
    return this.#component === component
  }

  // --- showing --------------------------------------------------------------------------------

  #fill(items) {
    const order = items.map((item) => item.id)
    const samePage = order.length === this.#order.length && order.every((id, index) => id === this.#order[index])
    this.#order = order
    while (this.#tiles.length < items.length) {
      const tile = new Tile()
      this.#tiles.push(tile)
      this.#grid.append(tile.node)
    }
    for (const tile of this.#tiles.splice(items.length)) tile.node.remove()
    items.forEach((item, index) => this.#tiles[index].fill(item))
    if (!samePage) {
      this.#arrived = this.#missing = 0
      this.#trouble.hidden = true
      this.#focused = 0
      this.#fetchRest()
    }
    this.#focused = Math.min(this.#focused, Math.max(0, items.length - 1))
  }

  /** What is in view comes first; when the browser is idle the rest follows, so that scrolling shows no gaps. */
  #fetchRest() {
    if (globalThis.navigator.connection?.saveData) return
    const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 200))
    idle(() => this.#tiles.forEach((tile) => tile.loadNow()), { timeout: 400 })
  }

  #show() {
    this.#tiles.forEach((tile, index) => {
      tile.mark(this.#selection.has(tile.item.id))
      tile.node.tabIndex = index === this.#focused ? 0 : -1
    })
    const chosen = this.#selection.size
    const whole = chosen === this.#order.length && this.#around.everything > 0
    const any = chosen > 0 || this.#around.elsewhere > 0
    this.#root.classList.toggle('choosing', any)
    this.#status.textContent = any ? selectedWords(chosen, this.#around, whole) : this.#shownWords()
    this.#none.hidden = !any
    this.#all.hidden = this.#order.length === 0 || chosen === this.#order.length
  }

  #shownWords() {
    const shown = count(this.#order.length, 'file')
    return this.#around.total > this.#order.length ? `${shown} on this page` : shown
  }

  /** When no picture comes at all, the CDN is to be looked at, and the files are there all the same. */
  #heard(arrived) {
    if (arrived) this.#arrived += 1
    else this.#missing += 1
    const down = this.#arrived === 0 && this.#missing >= Math.min(ENOUGH, this.#pictures())
    if (this.#trouble.hidden !== down) return
    this.#trouble.hidden = !down
    if (down) this.#trouble.replaceChildren(...trouble(this.#tiles, this.#diagnose))
  }

  #pictures() {
    return this.#tiles.filter(({ item }) => item.thumbnail).length
  }

  /** Exactly one tile is in the tab order: the one that had the focus last. */
  #rove(index) {
    if (index < 0) return
    this.#tiles[this.#focused]?.node.setAttribute('tabindex', '-1')
    this.#focused = index
    this.#tiles[index].node.tabIndex = 0
  }

  #focus(index) {
    this.#rove(index)
    this.#tiles[index].node.focus()
  }

  #indexOf(target) {
    return this.#tiles.indexOf(target.closest('.tile')?.tile)
  }

  // --- telling --------------------------------------------------------------------------------

  #changed() {
    this.#show()
    this.#tell(TELL_AFTER)
  }

  #tell(after) {
    clearTimeout(this.#timer)
    const send = () => {
      const chosen = this.#selection.list(this.#order)
      const text = this.#said(chosen)
      if (text === this.#told) return
      this.#told = text
      this.#component.setStateValue('selected', { page: this.#page, ids: chosen })
    }
    if (after) this.#timer = setTimeout(send, after)
    else send()
  }

  /** Empty on a page of which nothing was said is nothing to tell. */
  #said(chosen) {
    return chosen.length ? JSON.stringify([this.#page, chosen]) : '[]'
  }

  #open(id) {
    this.#tell(0)
    this.#component.setTriggerValue('open', id)
  }

  // --- hearing --------------------------------------------------------------------------------

  #listen() {
    this.#grid.addEventListener('click', (event) => this.#clicked(event))
    this.#grid.addEventListener('focusin', (event) => this.#rove(this.#indexOf(event.target)))
    this.#grid.addEventListener('keydown', (event) => this.#pressed(event))
    this.#grid.addEventListener('picture', ({ detail }) => this.#heard(detail.arrived))
    addEventListener(VIEWED, this.#viewed)
    for (const sign of LEAVING) addEventListener(sign, this.#left, true)
    this.#all.addEventListener('click', () => this.#selectAll())
    this.#none.addEventListener('click', () => this.#clear())
  }

  #view(id) {
    dispatchEvent(new CustomEvent(VIEW, { detail: { id } }))
  }

  /** Where somebody has walked to in the viewer, the keyboard goes on. */
  #return(id) {
    const index = this.#order.indexOf(id)
    if (index >= 0 && !document.querySelector('[role=dialog]')) this.#focus(index)
  }

  #selectAll() {
    this.#selection.replace(this.#order)
    this.#changed()
  }

  /** Also what is selected on other pages. */
  #clear() {
    this.#selection.clear()
    const elsewhere = this.#around.elsewhere > 0
    this.#around = { ...this.#around, elsewhere: 0, everything: 0 }
    this.#changed()
    if (elsewhere) this.#component.setTriggerValue('cleared', true)
  }

  #clicked(event) {
    const tile = event.target.closest('.tile')?.tile
    if (!tile) return
    const { id } = tile.item
    this.#focus(this.#order.indexOf(id))
    if (event.shiftKey) this.#selection.extendTo(id, this.#order)
    else if (event.ctrlKey || event.metaKey || event.target.closest('.check')) this.#selection.toggle(id)
    else if (event.target.closest('.look')) return this.#view(id)
    else return this.#open(id)
    this.#changed()
  }

  #pressed(event) {
    if (!this.#order.length) return
    const id = this.#order[this.#focused]
    const columns = getComputedStyle(this.#grid).gridTemplateColumns.split(' ').length
    const to = event.altKey ? null : moveFocus(event.key, this.#focused, this.#order.length, columns)
    if (to !== null) this.#move(to, event.shiftKey)
    else if (event.key === 'Enter') this.#open(id)
    else if (event.key === ' ') this.#space(id, event.shiftKey)
    else if (event.key === 'v' && !event.ctrlKey && !event.metaKey) this.#view(id)
    else if (event.key === 'Escape' && (this.#selection.size || this.#around.elsewhere)) this.#clear()
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) this.#selectAll()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  #move(to, extending) {
    if (extending) this.#selection.startFrom(this.#order[this.#focused])
    this.#focus(to)
    if (!extending) return
    this.#selection.extendTo(this.#order[to], this.#order)
    this.#changed()
  }

  #space(id, extending) {
    if (extending) this.#selection.extendTo(id, this.#order)
    else this.#selection.toggle(id)
    this.#changed()
  }
}

function trouble(tiles, diagnose) {
  const words = 'No picture of this page comes from the CDN. The files are listed all the same. '
  if (!diagnose) return [words, 'Tell an admin.']
  const link = document.createElement('a')
  const { thumbnail } = tiles.find(({ item }) => item.thumbnail).item
  link.href = `/doctor?url=${encodeURIComponent(new URL(thumbnail, location.href).href.split('?')[0])}`
  link.textContent = 'Diagnose one of them'
  return [words, link]
}

function button(words) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'button quiet'
  made.textContent = words
  return made
}

const galleries = new WeakMap()

export function mount(component) {
  const { parentElement } = component
  const gallery = galleries.get(parentElement) ?? new Gallery(parentElement)
  galleries.set(parentElement, gallery)
  gallery.update(component)
  return () => {
    // Streamlit also cleans up after a call that a newer one has replaced; that one must not end the view.
    if (!gallery.isOf(component)) return
    galleries.delete(parentElement)
    gallery.remove()
  }
}
