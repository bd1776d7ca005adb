// Entry of the map of folders: `mount` is called by the stub in core/ui/prefix_map on every change.
import tokens from '../shared/tokens.css'
import { adoptStyles, applyScheme } from '../shared/theme.js'
import styles from './prefix_map.css'
import { short, squares } from './squares.js'

const HEAD = 24
const GAP = 1
const EDGE = 4
const LETTER = 7.5 // pixels, about
const LEAST = 70 // pixels, from which a rectangle shows what is in it

class PrefixMap {
  #root = document.createElement('div')
  #component
  #map
  #width = 0
  #sized = new ResizeObserver(() => this.#fit())

  constructor(parentElement) {
    this.#root.className = 'root map'
    this.#root.setAttribute('role', 'group')
    this.#root.onclick = ({ target }) => this.#walk(target.closest('.tile')?.dataset.into)
    adoptStyles(parentElement, tokens)
    adoptStyles(parentElement, styles)
    parentElement.append(this.#root)
    this.#sized.observe(this.#root)
  }

  update(component) {
    const unchanged = this.#component?.data.map === component.data.map
    this.#component = component
    this.#root.removeAttribute('aria-busy')
    applyScheme(this.#root)
    if (unchanged) return
    this.#map = JSON.parse(component.data.map)
    this.#root.setAttribute('aria-label', this.#map.label)
    this.#width = 0
    this.#fit()
  }

  isOf(component) {
    return this.#component === component
  }

  remove() {
    this.#sized.disconnect()
    this.#root.remove()
  }

  #walk(into) {
    if (!into || this.#root.hasAttribute('aria-busy')) return
    this.#root.setAttribute('aria-busy', 'true')
    this.#component.setTriggerValue('into', into)
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#root
    if (!clientWidth || clientWidth === this.#width) return
    this.#width = clientWidth
    const focused = this.#root.contains(this.#root.getRootNode().activeElement)
    const places = squares(this.#map.blocks, { x: 0, y: 0, w: clientWidth, h: clientHeight })
    this.#root.replaceChildren(...places.flatMap(withInside))
    if (focused) this.#root.querySelector('button')?.focus()
  }
}

function withInside(place) {
  const { item, x, y, w, h } = place
  if (!item.inside.length || w < LEAST || h < LEAST) return [tile(place, 'outer', false)]
  const box = { x: x + EDGE, y: y + HEAD, w: w - 2 * EDGE, h: h - HEAD - EDGE }
  const inside = squares(item.inside, box).map((one) => tile(one, 'inner', false))
  return [tile(place, 'outer', true), ...inside]
}

function tile({ item, x, y, w, h }, kind, isHead) {
  const node = document.createElement(item.into ? 'button' : 'div')
  node.className = `tile ${kind}${item.into ? ' open' : ''}`
  node.title = `${item.label}\n${item.text}`
  if (item.into) {
    node.type = 'button'
    node.dataset.into = item.into
    node.setAttribute('aria-label', `${item.label}, ${item.text}`)
  }
  const box = { left: x + GAP, top: y + GAP, width: Math.max(w - 2 * GAP, 0), height: Math.max(h - 2 * GAP, 0) }
  for (const [name, value] of Object.entries(box)) node.style[name] = `${value}px`
  node.style.setProperty('--hue', item.colour)
  node.append(...lines(item, Math.floor((w - 16) / LETTER), h, isHead))
  return node
}

/** As much text as can be read: a head has one line, others a line for each fact. */
function lines({ label, text }, letters, height, isHead) {
  if (letters < 4 || height < HEAD) return []
  if (isHead && label.length + text.length + 3 <= letters) return [line('b', `${label} \u00b7 ${text}`)]
  const facts = isHead ? [] : text.split(', ').filter((fact) => fact.length <= letters)
  const room = Math.floor((height - HEAD) / 16)
  return [line('b', short(label, letters)), ...facts.slice(0, room).map((fact) => line('span', fact))]
}

function line(name, text) {
  const node = document.createElement(name)
  node.textContent = text
  return node
}

const maps = new WeakMap()

export function mount(component) {
  const { parentElement } = component
  const map = maps.get(parentElement) ?? new PrefixMap(parentElement)
  maps.set(parentElement, map)
  map.update(component)
  return () => {
    // Streamlit also cleans up after a call that a newer one has replaced; that one must not end the view.
    if (!map.isOf(component)) return
    maps.delete(parentElement)
    map.remove()
  }
}
