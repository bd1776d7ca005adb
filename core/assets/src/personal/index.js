// Entry of the personal components: `mount` is called by the stub in core/ui/personal on every change.
import tokens from '../shared/tokens.css'
import { adoptStyles, applyScheme } from '../shared/theme.js'
import { Add } from './add.js'
import { Avatar } from './avatar.js'
import { Compare } from './compare.js'
import styles from './personal.css'

const VIEWS = { add: Add, avatar: Avatar, compare: Compare }
const views = new WeakMap()

export function mount(component) {
  const { parentElement, data } = component
  const made = views.get(parentElement) ?? begin(parentElement, data.mode)
  made.component = component
  applyScheme(made.view.node)
  made.view.update(component)
  return () => {
    // Streamlit also cleans up after a call that a newer one has replaced; that one must not end the view.
    if (made.component !== component) return
    views.delete(parentElement)
    made.view.remove()
    made.view.node.remove()
  }
}

function begin(parentElement, mode) {
  const made = { view: new VIEWS[mode]() }
  views.set(parentElement, made)
  adoptStyles(parentElement, tokens)
  adoptStyles(parentElement, styles)
  parentElement.append(made.view.node)
  return made
}
