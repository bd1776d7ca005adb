// Rows repaint only when their own item changed; 200 rows at ten progress reports a second need that.
import { Component, h } from 'preact'

const FIELDS = ['id', 'stage', 'sent', 'problem', 'file', 'nextTry', 'present', 'data', 'name', 'folder', 'askable', 'other', 'replaces']

export function memo(View) {
  return class extends Component {
    shouldComponentUpdate({ item }) {
      return FIELDS.some((field) => item[field] !== this.props.item[field])
    }

    render(props) {
      return h(View, props)
    }
  }
}
