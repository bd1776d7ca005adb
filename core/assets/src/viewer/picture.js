// A picture that can be enlarged: small one first, preview over it, the file itself once it is enlarged.
import { element } from './parts.js'
import { FIT, STEP, actual, fitted, most, pan, toggled, zoomAt } from './zoom.js'

const SWIPE = 60 // pixels sideways that turn the page
const PAN = 0.15 // of the stage, for one press of an arrow
const MOVING = ['image/gif', 'image/webp', 'image/avif'] // may move, which their preview does not

export class Picture {
  node = element('div', 'picture')
  #frame = element('div', 'frame')
  #item
  #natural
  #view = FIT
  #pointers = new Map()
  #pinched = null
  #begun = null
  #full = null
  #told
  #turn
  #resized = new ResizeObserver(() => this.#lay())

  /** `told({ scale, loaded, failed })` on every change; `turn(±1)` for a swipe. */
  constructor(item, told, turn) {
    this.#item = item
    this.#told = told
    this.#turn = turn
    this.#natural = { width: item.width ?? 0, height: item.height ?? 0 }
    this.node.append(this.#frame)
    this.#listen()
    if (item.thumbnail_url) this.#layer(item.thumbnail_url, 'small', '')
    const first = this.#layer(item.preview_url || item.url, 'main', item.name)
    first.addEventListener('load', () => this.#arrived(first))
    first.addEventListener('error', () => (item.preview_url && item.url ? this.#enlarge() : this.#tell({ failed: true })))
    if (item.preview_url && MOVING.includes(item.content_type) && item.size < 20 * 1024 * 1024) this.#enlarge()
    this.#resized.observe(this.node)
  }

  get scale() {
    return this.#view.scale
  }

  remove() {
    this.#resized.disconnect()
    this.node.remove()
  }

  zoom(direction) {
    this.#set(zoomAt(this.#view, this.#view.scale * (direction > 0 ? STEP : 1 / STEP), { x: 0, y: 0 }, this.#fit, this.#stage, this.#most))
  }

  reset() {
    this.#set(FIT)
  }

  actual() {
    this.#set(zoomAt(this.#view, actual(this.#natural, this.#fit, devicePixelRatio), { x: 0, y: 0 }, this.#fit, this.#stage, this.#most))
  }

  /** An arrow moves what is enlarged. True where it did. */
  pan(key) {
    const [dx, dy] = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key] ?? []
    if (dx === undefined || this.#view.scale <= 1) return false
    this.#set(pan(this.#view, dx * PAN * this.#stage.width, dy * PAN * this.#stage.height, this.#fit, this.#stage))
    return true
  }

  // --- showing --------------------------------------------------------------------------------

  get #stage() {
    return { width: this.node.clientWidth, height: this.node.clientHeight }
  }

  get #fit() {
    return fitted(this.#natural, this.#stage)
  }

  get #most() {
    return most(this.#natural, this.#fit, devicePixelRatio)
  }

  #layer(source, name, alt) {
    const image = element('img', name)
    image.alt = alt
    image.decoding = 'async'
    image.draggable = false
    image.src = source
    this.#frame.append(image)
    return image
  }

  #arrived(image) {
    if (!this.#natural.width) {
      this.#natural = { width: image.naturalWidth, height: image.naturalHeight }
      this.#lay()
    }
    this.#frame.classList.add('there')
    this.#tell({ loaded: true })
  }

  /** The file's own pixels, laid over the preview when they have all arrived. */
  #enlarge() {
    if (this.#full || !this.#item.url) return
    this.#full = this.#layer(this.#item.url, 'full', this.#item.preview_url ? '' : this.#item.name)
    this.#full.addEventListener('load', () => this.#arrived(this.#full))
    this.#full.addEventListener('error', () => {
      this.#full.remove()
      if (!this.#frame.classList.contains('there')) this.#tell({ failed: true })
    })
  }

  #set(view) {
    this.#view = view
    if (view.scale > 1) this.#enlarge()
    this.#lay()
    this.#tell({})
  }

  #lay() {
    const { width, height } = this.#fit
    const { scale, x, y } = (this.#view = zoomAt(this.#view, this.#view.scale, { x: 0, y: 0 }, this.#fit, this.#stage, this.#most))
    Object.assign(this.#frame.style, { width: `${width}px`, height: `${height}px`, transform: `translate(-50%, -50%) translate(${x}px, ${y}px) scale(${scale})` })
    this.node.classList.toggle('enlarged', scale > 1)
  }

  #tell(news) {
    this.#told({ scale: this.#view.scale, ...news })
  }

  // --- hearing --------------------------------------------------------------------------------

  #listen() {
    const { node } = this
    node.addEventListener('wheel', (event) => this.#wheeled(event), { passive: false })
    node.addEventListener('dblclick', (event) => this.#set(toggled(this.#view, this.#point(event), this.#fit, this.#stage, this.#natural, devicePixelRatio)))
    node.addEventListener('pointerdown', (event) => this.#down(event))
    node.addEventListener('pointermove', (event) => this.#moved(event))
    for (const end of ['pointerup', 'pointercancel']) node.addEventListener(end, (event) => this.#up(event))
  }

  /** From the middle of the stage. */
  #point({ clientX, clientY }) {
    const { left, top, width, height } = this.node.getBoundingClientRect()
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 }
  }

  #wheeled(event) {
    event.preventDefault()
    const pixels = event.deltaMode ? event.deltaY * 24 : event.deltaY
    const scale = this.#view.scale * Math.exp(-Math.max(-240, Math.min(240, pixels)) / 300)
    this.#set(zoomAt(this.#view, scale, this.#point(event), this.#fit, this.#stage, this.#most))
  }

  #down(event) {
    if (event.button) return
    this.node.setPointerCapture(event.pointerId)
    this.#pointers.set(event.pointerId, this.#point(event))
    this.#begun = this.#pointers.size === 1 ? { ...this.#point(event), type: event.pointerType } : null
    this.#pinched = this.#spread()
  }

  #moved(event) {
    const before = this.#pointers.get(event.pointerId)
    if (!before) return
    const point = this.#point(event)
    this.#pointers.set(event.pointerId, point)
    const spread = this.#spread()
    if (spread && this.#pinched) {
      const scale = this.#view.scale * (spread.distance / this.#pinched.distance)
      this.#set(zoomAt(this.#view, scale, spread.middle, this.#fit, this.#stage, this.#most))
      this.#pinched = spread
    } else if (this.#view.scale > 1) {
      this.#set(pan(this.#view, point.x - before.x, point.y - before.y, this.#fit, this.#stage))
    }
  }

  #up(event) {
    const begun = this.#begun
    this.#pointers.delete(event.pointerId)
    this.#pinched = this.#spread()
    this.#begun = null
    if (!begun || begun.type === 'mouse' || this.#view.scale > 1 || event.type === 'pointercancel') return
    const { x, y } = this.#point(event)
    if (Math.abs(x - begun.x) > SWIPE && Math.abs(x - begun.x) > 2 * Math.abs(y - begun.y)) this.#turn(x < begun.x ? 1 : -1)
  }

  #spread() {
    if (this.#pointers.size !== 2) return null
    const [a, b] = this.#pointers.values()
    return { distance: Math.hypot(a.x - b.x, a.y - b.y) || 1, middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } }
  }
}
