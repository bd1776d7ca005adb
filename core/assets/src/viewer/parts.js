// Small pieces of the viewer's page. Names and texts are only ever text nodes.
import { iconElement } from '../shared/icons.js'

export function element(tag, className, ...children) {
  const made = document.createElement(tag)
  made.className = className
  made.append(...children)
  return made
}

/** A round button with an icon; `words` is its name, and its tip with the key that does the same. */
export function iconButton(icon, words, key, press) {
  const made = element('button', 'round focusable', iconElement(icon))
  made.type = 'button'
  made.setAttribute('aria-label', words)
  if (key) made.setAttribute('aria-keyshortcuts', key)
  made.title = key ? `${words} (${key})` : words
  made.addEventListener('click', press)
  return made
}

export function message(sentence, ...more) {
  const words = element('p', 'sentence')
  words.textContent = sentence
  const made = element('div', 'message', words, ...more)
  made.setAttribute('role', 'alert')
  return made
}

export function link(words, href) {
  const made = element('a', 'button focusable')
  made.href = href
  made.textContent = words
  return made
}
