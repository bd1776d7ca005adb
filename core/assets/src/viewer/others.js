// Everything that is no picture: sound and film, PDF, text, and what a browser can't show.
import { iconElement, kindIcon } from '../shared/icons.js'
import { size } from '../shared/words.js'
import { element, message } from './parts.js'

const API = '/api/files/'

/** A view is { node, remove() }. `ask(path)` fetches JSON of our own site and throws an Error with words. */
export function other(item, ask) {
  const make = { video: film, audio: film, pdf: paper, text }[item.shown_as] ?? nothing
  const node = element('div', `other ${item.shown_as}`)
  return make(item, node, ask) ?? { node, remove: () => node.remove() }
}

function film(item, node) {
  const media = document.createElement(item.shown_as)
  media.controls = true
  media.preload = 'metadata'
  media.className = 'focusable'
  media.setAttribute('aria-label', item.name)
  if (item.preview_url) media.poster = item.preview_url
  const says = (sentence) => node.append(message(sentence))
  media.addEventListener('loadedmetadata', () => {
    if (item.shown_as === 'video' && !media.videoWidth) says('This browser plays the sound of this video, but not its pictures: it lacks the codec.')
  })
  media.addEventListener('error', async () => {
    media.hidden = true
    says(await why(media, item))
  })
  media.src = item.url
  node.append(media)
  return {
    node,
    toggle: () => (media.paused ? media.play().catch(() => {}) : media.pause()),
    remove() {
      media.pause()
      media.removeAttribute('src') // ends the download
      media.load()
      node.remove()
    },
  }
}

/** The element says the same for a codec that is missing and for a file that is not there. */
async function why(media, item) {
  const codec = `This browser can't play this ${item.shown_as} (${item.content_type}).`
  if (media.error?.code === MediaError.MEDIA_ERR_NETWORK) return 'The connection broke while it was loading.'
  try {
    const { status } = await fetch(item.url, { method: 'HEAD' })
    if (status >= 400) return `The CDN answers ${status} instead of the file.`
  } catch { return `${codec} Or the CDN does not answer.` }
  return `${codec} Download it to play it with another program.`
}

function paper(item, node) {
  if (!navigator.pdfViewerEnabled) {
    node.append(message('This browser has no viewer for PDF files. Download it to read it.'))
    return
  }
  const frame = element('iframe', 'focusable')
  frame.title = item.name
  frame.src = `${API}${encodeURIComponent(item.id)}/pdf`
  node.append(frame)
}

function text(item, node, ask) {
  const lines = element('pre', 'focusable')
  lines.tabIndex = 0
  lines.dir = 'auto'
  lines.setAttribute('role', 'region')
  lines.setAttribute('aria-label', item.name)
  lines.setAttribute('aria-busy', 'true')
  const foot = element('p', 'foot')
  node.append(lines, foot)
  ask(`${API}${encodeURIComponent(item.id)}/text`).then((head) => {
    lines.textContent = head.text
    lines.removeAttribute('aria-busy')
    foot.textContent = partOf(head)
  }, (error) => node.replaceChildren(message(error.message)))
}

/** "First 64 KiB of 3.1 MiB, UTF-8" */
export function partOf({ shown_bytes, total_bytes, encoding, certain }) {
  const part = shown_bytes < total_bytes ? `First ${size(shown_bytes)} of ${size(total_bytes)}` : size(total_bytes)
  return `${part}, ${certain ? encoding : `read as ${encoding}, which is a guess`}`
}

function nothing(item, node) {
  const icon = element('span', 'kind', iconElement(kindIcon(item.kind)))
  const words = element('p', 'sentence')
  words.textContent = `There is no view of ${item.content_type || 'this type'}. Download it to open it elsewhere.`
  node.append(icon, words)
}
