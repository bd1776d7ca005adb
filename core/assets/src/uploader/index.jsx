// Entry of the upload components. They share one list per browser tab, whichever page shows it; the stubs
// in core/ui/uploader call these functions on every change.
import { render } from 'preact'
import tokens from '../shared/tokens.css'
import { adoptStyles, applyScheme } from '../shared/theme.js'
import { ReplaceView } from './replace.jsx'
import replaceStyles from './replace.css'
import { UploadTab } from './tab.js'
import styles from './uploader.css'
import { UploaderView } from './view.jsx'

let tab = null

function tabOf({ account, maxBytes, endpoint }) {
  tab ??= new UploadTab({ account, maxBytes, endpoint })
  return tab
}

function shownTabOf(data) {
  const list = tabOf(data)
  list.show()
  return list
}

const hosts = new WeakMap() // by the element that Streamlit gives, the same for each call of one component

function hostIn(parentElement, name) {
  if (!hosts.has(parentElement)) {
    const host = document.createElement('div')
    host.className = `root uploader ${name}`
    for (const sheet of [tokens, styles, replaceStyles]) adoptStyles(parentElement, sheet)
    hosts.set(parentElement, parentElement.appendChild(host))
  }
  const host = hosts.get(parentElement)
  applyScheme(host)
  return host
}

/** Streamlit also cleans up after a call that a newer one has replaced; that one must not end the view. */
function ending(parentElement, detach = () => {}) {
  const host = hosts.get(parentElement)
  const call = {}
  host.latest = call
  return () => {
    if (host.latest !== call) return
    detach()
    render(null, host)
    host.remove()
    hosts.delete(parentElement)
  }
}

/** The page of uploads. */
export function mount({ parentElement, data, setTriggerValue }) {
  const list = shownTabOf(data)
  const host = hostIn(parentElement, 'page')
  const onBatch = (report) => {
    setTriggerValue('batch', report)
    return true
  }
  list.attach({ maxBytes: data.maxBytes, folder: data.folder, isPrivate: data.isPrivate, onBatch })
  render(<UploaderView tab={list} folder={data.folder} />, host)
  return ending(parentElement, () => list.detach(onBatch))
}

/** New bytes for the file of one drawer; they stay under way when it closes. */
export function mountReplacer({ parentElement, data, setTriggerValue }) {
  const { fileId, name, revision, sameKey } = data
  const host = hostIn(parentElement, 'replacer')
  host.onEnd = (outcome) => setTriggerValue(outcome, { at: Date.now() })
  host.heard ??= (outcome) => host.onEnd(outcome)
  const target = { id: fileId, name, sameKey, seen: revision }
  render(<ReplaceView tab={shownTabOf(data)} target={target} onEnd={host.heard} />, host)
  return ending(parentElement)
}

/** On pages without a list: what a reload interrupted goes on, as far as it can by itself. */
export function goOn(data) {
  tabOf(data)
}
