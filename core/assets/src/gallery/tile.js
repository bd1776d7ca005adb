// One tile of the gallery. Built once, filled again whenever the page of files changes.
import { iconElement, kindIcon } from '../shared/icons.js'
import { plain } from '../shared/words.js'

/** state → [icon, word, tone], as in core/ui/delivery_view.py. Delivered files need no word. */
export const STATES = {
  processing: ['clock', 'Processing', 'muted'],
  undelivered: ['close', 'Not delivered', 'fail'],
}

function element(tag, className, ...children) {
  const made = document.createElement(tag)
  made.className = className
  made.append(...children)
  return made
}

function extension(name) {
  const found = /\.([a-z0-9]{1,5})$/i.exec(name)
  return found ? found[1].toUpperCase() : ''
}

function lockIcon() {
  const icon = iconElement('other')
  icon.firstChild.setAttribute('d', 'M3.5 7h9v6.5h-9ZM5.4 7V5a2.6 2.6 0 0 1 5.2 0v2')
  return icon
}

/** The signed address of a page that stayed open has ended; the server gives another one. */
async function freshThumbnail(id) {
  try {
    const answer = await fetch(`/api/files/${encodeURIComponent(id)}`, { headers: { Accept: 'application/json' } })
    return answer.ok ? (await answer.json()).thumbnail_url || null : null
  } catch {
    return null // offline: the tile says that nothing was loaded
  }
}

export class Tile {
  item = null
  #box = element('div', 'box')
  #name = element('span', 'tile-name')
  #size = element('span', 'tile-size')
  #badge = element('span', 'badge')
  #lock = element('span', 'lock', lockIcon())
  #picture = null

  constructor() {
    this.check = element('span', 'check', iconElement('check'))
    this.check.setAttribute('aria-hidden', 'true')
    this.look = element('span', 'look', iconElement('fit'))
    this.look.title = 'View (v)'
    this.look.setAttribute('aria-hidden', 'true')
    this.#lock.title = 'Private'
    this.#lock.setAttribute('aria-hidden', 'true')
    this.node = element('div', 'tile', this.check, this.look, this.#lock, element('div', 'caption', this.#name, ' ', this.#size), ' ', this.#badge, ' ', this.#box)
    this.node.setAttribute('role', 'option')
    this.node.setAttribute('aria-keyshortcuts', 'Enter v Space')
    this.node.tile = this
  }

  fill(item) {
    const before = this.item
    this.item = item
    this.node.id = `tile-${item.id}`
    this.#name.textContent = plain(item.name)
    this.#size.textContent = item.size ?? ''
    this.node.title = plain(item.name)
    this.#lock.hidden = !item.private
    if (before?.id !== item.id || before?.thumbnail !== item.thumbnail || before?.name !== item.name) this.#fillBox()
    if (before?.state !== item.state) this.#fillBadge()
    this.#say()
  }

  loadNow() {
    if (this.#picture) this.#picture.loading = 'eager'
  }

  mark(selected) {
    this.node.setAttribute('aria-selected', String(selected))
  }

  /** Whether its picture came: the gallery says so when none does. */
  #tell(arrived) {
    this.node.dispatchEvent(new CustomEvent('picture', { bubbles: true, detail: { arrived } }))
  }

  /** What is written on the tile, in its order, then what is drawn. */
  #say() {
    const state = STATES[this.item.state]?.[1] ?? ''
    const words = [plain(this.item.name), this.item.size, state, this.item.private && 'Private', this.#box.textContent, this.item.kind]
    this.node.setAttribute('aria-label', words.filter(Boolean).join(', '))
  }

  #fillBox() {
    const { thumbnail } = this.item
    this.#picture = null
    if (!thumbnail) return this.#showKind()
    // A new element each time: a reused one would show the former picture until the new one is there.
    const image = document.createElement('img')
    this.#picture = image
    image.alt = ''
    image.loading = 'lazy'
    image.decoding = 'async'
    image.draggable = false
    image.width = 400
    image.height = 300
    let renewed = false
    image.addEventListener('error', async () => {
      const fresh = !renewed && this.item.private ? await freshThumbnail(this.item.id) : null
      renewed = true
      if (this.#picture !== image) return
      if (fresh) image.src = fresh
      else {
        this.#showBroken()
        this.#tell(false)
      }
    })
    image.addEventListener('load', () => this.#picture === image && this.#tell(true))
    image.src = thumbnail
    this.#box.replaceChildren(image)
  }

  #showKind() {
    const { kind, name } = this.item
    const label = element('span', 'kind-name')
    label.textContent = extension(name) || (kind === 'other' ? 'File' : kind)
    this.#box.replaceChildren(element('span', 'kind', iconElement(kindIcon(kind)), label))
  }

  #showBroken() {
    const label = element('span', 'kind-name')
    label.textContent = 'Thumbnail did not load'
    this.#box.replaceChildren(element('span', 'kind broken', iconElement('broken'), label))
    this.#say()
  }

  #fillBadge() {
    const state = STATES[this.item.state]
    this.#badge.hidden = !state
    if (!state) return
    const [icon, word, tone] = state
    this.#badge.className = `badge ${tone}`
    this.#badge.replaceChildren(iconElement(icon), word)
  }
}
