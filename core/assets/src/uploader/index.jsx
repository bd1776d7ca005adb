// Entry of the upload component: `mount` is called by the stub in core/ui/uploader on every change.
import { render } from 'preact'
import tokens from '../shared/tokens.css'
import { adoptStyles, applyScheme } from '../shared/theme.js'
import { UploadTab } from './tab.js'
import styles from './uploader.css'
import { UploaderView } from './view.jsx'

let tab = null

export function mount({ parentElement, data, setTriggerValue }) {
  tab ??= new UploadTab({ account: data.account, maxBytes: data.maxBytes, endpoint: data.endpoint })
  let host = parentElement.querySelector(':scope > .root')
  if (!host) {
    host = document.createElement('div')
    host.className = 'root uploader'
    adoptStyles(parentElement, tokens)
    adoptStyles(parentElement, styles)
    parentElement.appendChild(host)
  }
  applyScheme(host)
  const onBatch = (report) => {
    setTriggerValue('batch', report)
    return true
  }
  host.onBatch = onBatch
  tab.attach({ maxBytes: data.maxBytes, folder: data.folder, isPrivate: data.isPrivate, onBatch })
  render(<UploaderView tab={tab} folder={data.folder} />, host)
  return () => {
    // Streamlit also cleans up after a call that a newer one has replaced; that one must not end the view.
    if (host.onBatch !== onBatch) return
    tab.detach(onBatch)
    render(null, host)
    host.remove()
  }
}
