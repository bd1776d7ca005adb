// Small elements. Texts go in as text, never as markup.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && key !== 'role') made[key] = value // Firefox does not reflect roles
    else made.setAttribute(key, value)
  }
  made.append(...children)
  return made
}

export function button(words, onclick, kind = '') {
  return element('button', { type: 'button', className: `button ${kind}`.trim(), textContent: words, onclick })
}

export function picker(words, attributes, onchange) {
  const input = element('input', { type: 'file', className: 'visually-hidden', ...attributes })
  input.addEventListener('change', () => {
    const files = [...input.files]
    input.value = ''
    if (files.length) onchange(files)
  })
  const face = element('span', { className: 'button', textContent: words })
  return element('label', { className: 'picker' }, input, face)
}
