// Somebody's own picture: choose one, move and zoom the square, save; or remove it.
import { dragged, fractions, middle, MOST_ZOOM, pressed, side, zoomed } from './crop.js'
import { button, element, picker } from './parts.js'
import { call, post, Refused } from './send.js'

const TYPES = 'image/jpeg,image/png,image/webp,image/gif,image/avif,image/heic,image/tiff'
const VIEW = 240 // pixels of the square on the page

export class Avatar {
  node = element('div', { className: 'root avatar' })
  #component
  #file = null
  #url = ''
  #crop = null
  #face = element('div', { className: 'face' })
  #tools = element('div', { className: 'tools' })
  #picture = element('img', { alt: '', draggable: false })
  #frame = element('div', { className: 'frame', tabIndex: 0, role: 'group' })
  #zoom = element('input', { type: 'range', min: 1, max: MOST_ZOOM, step: 0.01, ariaLabel: 'Zoom' })
  #status = element('p', { role: 'status' })
  #alert = element('p', { role: 'alert', className: 'alert' })

  constructor() {
    this.#frame.setAttribute('aria-label', 'The part that is shown. Drag it, or use the arrow keys, plus and minus.')
    this.#frame.append(this.#picture)
    this.node.append(this.#face, this.#tools, this.#status, this.#alert)
    this.#listen()
  }

  update(component) {
    this.#component = component
    if (!this.#file) this.#showCurrent()
  }

  remove() {
    this.#forget()
  }

  #showCurrent() {
    const { url, initial, note } = this.#component.data
    const face = element('span', { className: 'now' }, element('span', { textContent: initial, ariaHidden: 'true' }))
    if (url) face.append(element('img', { src: url, alt: 'Your picture' }))
    this.#face.replaceChildren(face)
    const choose = picker(url ? 'Choose another picture' : 'Choose a picture', { accept: TYPES }, ([file]) => this.#open(file))
    this.#tools.replaceChildren(choose, ...(url ? [button('Remove', () => this.#ask(), 'quiet')] : []))
    this.#status.textContent = note
  }

  #ask() {
    const keep = button('Keep it', () => this.#showCurrent(), 'quiet')
    this.#tools.replaceChildren(button('Remove the picture', () => this.#removeCurrent()), keep)
    this.#status.textContent = 'It is erased from the storage. You can choose a new one at any time.'
    keep.focus()
  }

  #open(file) {
    this.#forget()
    this.#alert.textContent = ''
    this.#file = file
    this.#url = URL.createObjectURL(file)
    this.#picture.onload = () => this.#cropFrom(this.#picture)
    this.#picture.onerror = () => this.#withoutView()
    this.#picture.src = this.#url
  }

  #cropFrom({ naturalWidth, naturalHeight }) {
    this.#crop = middle(naturalWidth, naturalHeight)
    this.#face.replaceChildren(this.#frame)
    const label = element('label', { className: 'zoom' }, element('span', { textContent: 'Zoom' }), this.#zoom)
    this.#tools.replaceChildren(label, ...this.#decisions())
    this.#status.textContent = 'Drag the picture, or use the arrow keys.'
    this.#draw()
    this.#frame.focus()
  }

  /** HEIC and TIFF: the server reads them, most browsers don't. */
  #withoutView() {
    this.#crop = null
    this.#face.replaceChildren(element('p', { className: 'blind', textContent: 'This browser can\u2019t show the format. The square in the middle is taken.' }))
    this.#tools.replaceChildren(...this.#decisions())
    this.#status.textContent = ''
  }

  #decisions() {
    return [button('Save picture', () => this.#save(), 'main'), button('Cancel', () => this.#cancel(), 'quiet')]
  }

  #cancel() {
    this.#forget()
    this.#showCurrent()
    this.#alert.textContent = ''
    this.#tools.querySelector('input')?.focus()
  }

  #draw() {
    const crop = this.#crop
    const scale = VIEW / side(crop)
    this.#zoom.value = crop.zoom
    Object.assign(this.#picture.style, {
      width: `${crop.width * scale}px`,
      height: `${crop.height * scale}px`,
      transform: `translate(${VIEW / 2 - crop.x * scale}px, ${VIEW / 2 - crop.y * scale}px)`,
    })
  }

  #change(crop) {
    if (!crop) return
    this.#crop = crop
    this.#draw()
  }

  #listen() {
    let last = null
    this.#frame.addEventListener('pointerdown', (event) => {
      last = event
      this.#frame.setPointerCapture(event.pointerId)
    })
    this.#frame.addEventListener('pointermove', (event) => {
      if (!last || !this.#crop) return
      this.#change(dragged(this.#crop, event.clientX - last.clientX, event.clientY - last.clientY, VIEW))
      last = event
    })
    for (const end of ['pointerup', 'pointercancel']) this.#frame.addEventListener(end, () => { last = null })
    this.#frame.addEventListener('wheel', (event) => {
      if (!this.#crop) return
      event.preventDefault()
      this.#change(zoomed(this.#crop, this.#crop.zoom * Math.exp(-event.deltaY / 500)))
    }, { passive: false })
    this.#frame.addEventListener('keydown', (event) => {
      const crop = this.#crop && !event.ctrlKey && !event.metaKey && !event.altKey ? pressed(this.#crop, event.key) : null
      if (!crop) return
      event.preventDefault()
      event.stopPropagation()
      this.#change(crop)
    })
    this.#zoom.addEventListener('input', () => this.#change(zoomed(this.#crop, Number(this.#zoom.value))))
  }

  async #save() {
    const form = new FormData()
    form.append('file', this.#file)
    if (this.#crop) form.append('crop', fractions(this.#crop))
    await this.#work('Saving, and asking the CDN for it', () => post(this.#component.data.endpoint, form))
  }

  #removeCurrent() {
    return this.#work('Removing', () => call(this.#component.data.endpoint, { method: 'DELETE' }))
  }

  async #work(words, act) {
    this.#alert.textContent = ''
    this.#status.textContent = `${words}\u2026`
    const controls = [...this.#tools.querySelectorAll('button, input')]
    for (const one of controls) one.disabled = true
    try {
      await act()
      this.#forget()
      this.#component.setTriggerValue('changed', Date.now())
    } catch (error) {
      this.#alert.textContent = error instanceof Refused ? error.message : 'This did not work. Try again.'
      this.#status.textContent = ''
    }
    for (const one of controls) one.disabled = false
  }

  #forget() {
    if (this.#url) URL.revokeObjectURL(this.#url)
    this.#file = null
    this.#url = ''
    this.#crop = null
  }
}
