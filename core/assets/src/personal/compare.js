// Two photos of two dates: one over the other with a slider between them, or side by side.
import { button, element } from './parts.js'

export class Compare {
  node = element('div', { className: 'root compare' })
  #stage = element('div', { className: 'stage' })
  #slider = element('input', { type: 'range', min: 0, max: 100, value: 50, step: 1 })
  #switch
  #beside = false
  #shown = ''

  constructor() {
    this.#slider.addEventListener('input', () => this.#draw())
    for (const name of ['pointerdown', 'pointermove']) this.#stage.addEventListener(name, (event) => this.#drag(event))
    this.#switch = button('', () => this.#turn(), 'quiet')
    this.node.append(this.#stage, element('div', { className: 'tools' }, this.#slider, this.#switch))
  }

  update({ data }) {
    const text = JSON.stringify(data)
    if (text === this.#shown) return
    this.#shown = text
    this.#stage.replaceChildren(half(data.before, 'before'), half(data.after, 'after'))
    this.#slider.setAttribute('aria-label', `How much of ${data.before.label} is shown beside ${data.after.label}`)
    this.#draw()
  }

  remove() {}

  #turn() {
    this.#beside = !this.#beside
    this.#draw()
  }

  /** The line follows the finger; the slider stays for the keyboard. */
  #drag(event) {
    if (this.#beside || !event.buttons) return
    if (event.type === 'pointerdown') this.#stage.setPointerCapture(event.pointerId)
    const { left, width } = this.#stage.getBoundingClientRect()
    this.#slider.value = Math.round(100 * (event.clientX - left) / width)
    this.#draw()
  }

  #draw() {
    this.#stage.classList.toggle('beside', this.#beside)
    this.#stage.style.setProperty('--at', `${this.#slider.value}%`)
    this.#slider.hidden = this.#beside
    this.#slider.setAttribute('aria-valuetext', `${this.#slider.value} %`)
    this.#switch.textContent = this.#beside ? 'With a slider' : 'Side by side'
  }
}

function half({ url, label }, name) {
  const picture = element('img', { src: url, alt: `Photo of ${label}`, draggable: false })
  const words = element('figcaption', { textContent: label })
  const figure = element('figure', { className: name }, picture, words)
  picture.onerror = () => picture.replaceWith(element('p', { className: 'gone', textContent: 'This picture can\u2019t be shown. Reload the page; if it stays away, it is gone from the storage.' }))
  return figure
}
