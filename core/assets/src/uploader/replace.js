// Entry of the replacing component: new bytes for one file, sent as any upload, told in one line.
import tokens from '../shared/tokens.css'
import { adoptStyles, applyScheme } from '../shared/theme.js'
import { size } from '../shared/words.js'
import { UploadsApi } from './api.js'
import { missingParts, planParts } from './plan.js'
import styles from './replace.css'
import { delayBefore } from './retry.js'
import { pollDelay } from './states.js'
import { postForm, transfer } from './transfer.js'

const MOST_TRIES = 8
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

class Replacer {
  #root = document.createElement('div')
  #input = document.createElement('input')
  #button = document.createElement('button')
  #bar = document.createElement('progress')
  #told = document.createElement('p')
  #component
  #uploads = new UploadsApi()
  #control = null

  constructor(parentElement) {
    adoptStyles(parentElement, tokens)
    adoptStyles(parentElement, styles)
    this.#root.className = 'root replacer'
    this.#input.type = 'file'
    this.#input.hidden = true
    this.#button.type = 'button'
    this.#button.className = 'button'
    this.#button.textContent = 'Choose the new file'
    this.#told.setAttribute('role', 'status')
    this.#bar.max = 1
    this.#bar.hidden = true
    this.#bar.setAttribute('aria-label', 'Sent')
    this.#button.addEventListener('click', () => this.#input.click())
    this.#input.addEventListener('change', () => this.#chosen(this.#input.files[0]))
    this.#root.append(this.#input, this.#button, this.#bar, this.#told)
    parentElement.append(this.#root)
  }

  update(component) {
    this.#component = component
    applyScheme(this.#root)
  }

  isOf(component) {
    return this.#component === component
  }

  remove() {
    this.#control?.abort(new DOMException('the drawer was closed', 'AbortError'))
    this.#root.remove()
  }

  async #chosen(file) {
    this.#input.value = ''
    if (!file || this.#control) return
    this.#control = new AbortController()
    this.#button.disabled = true
    let uploadId
    try {
      const { signal } = this.#control
      const { fileId, sameKey } = this.#component.data
      const desk = new UploadsApi(`/api/files/${encodeURIComponent(fileId)}/replacements`)
      const ticket = await desk.open({ name: file.name, size: file.size, content_type: file.type, same_key: sameKey }, signal)
      uploadId = ticket.upload_id
      if (ticket.method === 'post') await this.#sendWhole(ticket, file, signal)
      else await this.#sendParts(ticket, file, signal)
      await this.#patiently(signal, () => this.#uploads.complete(uploadId, signal))
      await this.#followed(uploadId, signal)
      this.#say('Replaced. The bytes before are kept as a version.')
      this.#component.setTriggerValue('replaced', { at: Date.now() })
    } catch (error) {
      if (uploadId) this.#uploads.abort(uploadId).catch(() => {}) // an ended one refuses, which is fine
      this.#say([error.detail ?? error.message, error.hint].filter(Boolean).join(' '), true)
    } finally {
      this.#control = null
      this.#button.disabled = false
      this.#bar.hidden = true
    }
  }

  async #sendWhole(ticket, file, signal) {
    await this.#patiently(signal, () => transfer({
      method: 'POST', url: ticket.url, body: postForm(ticket.fields, file), signal,
      onProgress: (bytes) => this.#sent(Math.min(bytes, file.size), file.size),
    }))
  }

  async #sendParts(ticket, file, signal) {
    const present = await this.#patiently(signal, () => this.#uploads.parts(ticket.upload_id, signal))
    const { missing } = missingParts(planParts(file.size, ticket.part_size), present)
    for (const part of missing) {
      await this.#patiently(signal, async () => {
        const [{ url }] = await this.#uploads.partUrls(ticket.upload_id, [part.number], signal)
        await transfer({
          method: 'PUT', url, body: file.slice(part.start, part.end), signal,
          onProgress: (bytes) => this.#sent(part.start + bytes, file.size),
        })
      })
    }
  }

  /** Until the job has put the new bytes in the place of the old ones, or says why it did not. */
  async #followed(uploadId, signal) {
    for (let asked = 0; ; asked += 1) {
      const { state, job, problem } = await this.#patiently(signal, () => this.#uploads.status(uploadId, signal))
      if (state === 'refused' || job?.state === 'failed') throw problem ?? job?.problem ?? new Error('The server refused it without a reason.')
      if (job?.state === 'done') return
      this.#say(job?.step || 'Checking')
      await pause(pollDelay(asked))
    }
  }

  async #patiently(signal, work) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        signal.throwIfAborted()
        return await work()
      } catch (error) {
        if (signal.aborted || !error.passes || attempt >= MOST_TRIES) throw error
        this.#say(`${error.detail} Trying again.`)
        await pause(delayBefore(attempt, Math.random(), error.retryAfter))
      }
    }
  }

  #sent(bytes, all) {
    this.#bar.hidden = false
    this.#bar.value = bytes / all
    this.#say(`${size(bytes)} of ${size(all)}`)
  }

  #say(sentence, failed = false) {
    this.#told.textContent = sentence
    this.#told.classList.toggle('failed', failed)
  }
}

const replacers = new WeakMap()

export function mount(component) {
  const { parentElement } = component
  const replacer = replacers.get(parentElement) ?? new Replacer(parentElement)
  replacers.set(parentElement, replacer)
  replacer.update(component)
  return () => {
    // Streamlit also cleans up after a call that a newer one has replaced; that one must not end the view.
    if (!replacer.isOf(component)) return
    replacers.delete(parentElement)
    replacer.remove()
  }
}
