// Adds progress photos: the bytes go straight to S3, one after the other; each that fails says why.
import { element, picker } from './parts.js'
import { Refused, sendPhoto } from './send.js'

export class Add {
  node = element('form', { className: 'root add' })
  #component
  #day = element('input', { type: 'date', name: 'day' })
  #note = element('input', { type: 'text', name: 'note', maxLength: 500, placeholder: 'Front, 82 kg' })
  #status = element('p', { role: 'status' })
  #alert = element('ul', { role: 'alert', className: 'alert' })
  #picker

  constructor() {
    this.#picker = picker('Choose and add photos', { accept: 'image/*', multiple: true }, (files) => this.#send(files))
    const fields = element('div', { className: 'fields' }, field('Day, if not the camera\u2019s', this.#day), field('Note', this.#note), this.#picker)
    this.node.append(fields, this.#status, this.#alert)
    this.node.addEventListener('submit', (event) => event.preventDefault())
  }

  update(component) {
    this.#component = component
    this.#day.max = component.data.today
  }

  remove() {}

  async #send(files) {
    const { endpoint } = this.#component.data
    const said = { day: this.#day.value, note: this.#note.value }
    const failed = []
    this.#alert.replaceChildren()
    this.#picker.inert = true
    for (const [at, file] of files.entries()) {
      this.#status.textContent = files.length === 1 ? 'Sending\u2026' : `Sending ${at + 1} of ${files.length}\u2026`
      try {
        await sendPhoto(endpoint, file, said)
      } catch (error) {
        failed.push(`${file.name}: ${error instanceof Refused ? error.message : 'This did not work. Try again.'}`)
      }
    }
    this.#picker.inert = false
    this.#end(files.length - failed.length, failed)
  }

  #end(count, failed) {
    this.#status.textContent = count ? `${count} ${count === 1 ? 'photo was' : 'photos were'} added.` : ''
    this.#alert.replaceChildren(...failed.map((words) => element('li', { textContent: words })))
    if (!count) return
    this.#day.value = ''
    this.#note.value = ''
    this.#component.setTriggerValue('changed', Date.now())
  }
}

function field(words, input) {
  return element('label', {}, element('span', { textContent: words }), input)
}
