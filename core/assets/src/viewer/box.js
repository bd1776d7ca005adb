// The dialog around a view: name, place, tools, the two arrows, and what is said when it fails.
import { plain, size } from '../shared/words.js'
import { other } from './others.js'
import { element, iconButton, link, message } from './parts.js'
import { Picture } from './picture.js'

const NATIVE = { VIDEO: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', ' '], PRE: ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' '] }
NATIVE.AUDIO = NATIVE.VIDEO
const PRESSED = ['Enter', ' '] // what buttons and links hear themselves

export class Box {
  node = element('div', 'root')
  #acts
  #dialog = element('dialog', 'viewer')
  #stage = element('div', 'stage')
  #name = element('h2', 'name')
  #place = element('p', 'place')
  #spoken = element('p', 'visually-hidden')
  #scale = element('span', 'scale')
  #view = null

  constructor(acts) {
    this.#acts = acts
    this.#name.dir = 'auto'
    this.#name.id = 'viewer-name'
    this.#spoken.setAttribute('role', 'status')
    this.#stage.tabIndex = -1
    this.#stage.setAttribute('aria-labelledby', 'viewer-name')
    this.#stage.setAttribute('role', 'group')
    this.#dialog.setAttribute('aria-labelledby', 'viewer-name')
    this.smaller = iconButton('minus', 'Zoom out', '-', () => this.#view.zoom(-1))
    this.larger = iconButton('plus', 'Zoom in', '+', () => this.#view.zoom(1))
    this.fit = iconButton('fit', 'Fit to the window', '0', () => this.#view.reset())
    this.before = iconButton('left', 'Previous file', 'ArrowLeft', () => acts.go(-1))
    this.after = iconButton('right', 'Next file', 'ArrowRight', () => acts.go(1))
    this.before.classList.add('turn', 'to-before')
    this.after.classList.add('turn', 'to-after')
    const tools = element(
      'div', 'tools', this.smaller, this.#scale, this.larger, this.fit,
      iconButton('info', 'Details', 'i', acts.details),
      iconButton('download', 'Download', '', acts.download),
      iconButton('close', 'Close', 'Escape', acts.close),
    )
    const head = element('header', 'head', element('div', 'told', this.#name, this.#place), tools)
    this.#dialog.append(head, this.#stage, this.before, this.after, this.#spoken)
    this.node.append(this.#dialog)
    this.#listen()
  }

  get isOpen() {
    return this.#dialog.open
  }

  open() {
    if (!this.isOpen) this.#dialog.showModal() // what had the focus gets it back on closing
    this.#stage.focus()
  }

  close() {
    this.#leave()
    this.#dialog.close()
  }

  remove() {
    this.#leave()
    this.node.remove()
  }

  /** True where the view had something to start or stop. */
  toggle() {
    this.#view?.toggle?.()
    return Boolean(this.#view?.toggle)
  }

  busy(busy) {
    this.#stage.setAttribute('aria-busy', String(busy))
  }

  say(sentence) {
    this.#leave()
    this.#stage.replaceChildren(message(sentence))
  }

  show(item, { place, before, after }) {
    this.#leave()
    this.#name.textContent = plain(item.name)
    this.#place.textContent = [place, item.width && item.height ? `${item.width} × ${item.height}` : '', size(item.size)].filter(Boolean).join(' · ')
    this.#spoken.textContent = [plain(item.name), place].filter(Boolean).join(', ')
    const turned = this.node.getRootNode().activeElement
    this.before.disabled = !before
    this.after.disabled = !after
    if (turned?.disabled) this.#stage.focus()
    this.#view = item.shown_as === 'picture' ? this.#picture(item) : other(item, this.#acts.ask)
    this.#stage.replaceChildren(this.#view.node)
    this.#tools(1)
  }

  #picture(item) {
    const told = ({ scale, failed }) => {
      this.#tools(scale)
      if (!failed) return
      this.say('The picture did not load.')
      if (item.url) this.#stage.firstChild.append(link('Open it alone', item.url))
      this.#acts.failed(item)
    }
    return new Picture(item, told, (direction) => this.#acts.go(direction))
  }

  #tools(scale) {
    const zooms = Boolean(this.#view?.zoom)
    for (const tool of [this.smaller, this.larger, this.fit, this.#scale]) tool.hidden = !zooms
    this.#scale.textContent = `${Math.round(scale * 100)} %`
    this.smaller.disabled = this.fit.disabled = scale <= 1
  }

  #leave() {
    this.#view?.remove()
    this.#view = null
  }

  #listen() {
    const { node } = this
    this.#dialog.addEventListener('keydown', (event) => this.#pressed(event))
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      this.#acts.close()
    })
    // The page must not take a click in here for one beside its drawer.
    for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'click']) node.addEventListener(kind, (event) => event.stopPropagation())
  }

  #pressed(event) {
    event.stopPropagation()
    const inside = event.composedPath()[0]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (NATIVE[inside.tagName]?.includes(event.key)) return
    if (inside.matches('button, a') && PRESSED.includes(event.key)) return
    if (event.key === 'Escape') this.#acts.close()
    else if (!this.#zoomed(event.key) && !this.#acts.pressed(event)) return
    event.preventDefault()
  }

  #zoomed(key) {
    const view = this.#view
    if (!view?.zoom) return false
    if (key === '+' || key === '=') view.zoom(1)
    else if (key === '-') view.zoom(-1)
    else if (key === '0') view.reset()
    else if (key === '1') view.actual()
    else return view.pan(key)
    return true
  }
}
