// The drop box: sends each chosen file straight to S3, one after the other, and says how it goes.
const form = document.getElementById('drop')
const list = document.getElementById('sent')
const picker = document.getElementById('files')
const waiting = []
let busy = false

function element(tag, text, className) {
  const made = document.createElement(tag)
  if (text) made.textContent = text
  if (className) made.className = className
  return made
}

function size(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  let at = 0
  while (count >= 1024 && at < units.length - 1) { count /= 1024; at += 1 }
  return `${at && count < 100 ? count.toFixed(1) : Math.round(count)} ${units[at]}`
}

class Problem extends Error {}

async function post(path, fields) {
  let answer
  try {
    answer = await fetch(path, { method: 'POST', body: new URLSearchParams(fields) })
  } catch {
    throw new Problem('The connection was lost. Try again.')
  }
  const told = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Problem([told.detail, told.hint].filter(Boolean).join(' ') || 'It was refused.')
  return told
}

function send(file, ticket, onProgress) {
  return new Promise((resolve, reject) => {
    const data = new FormData()
    for (const [name, value] of Object.entries(ticket.fields)) data.append(name, value)
    data.append('file', file)
    const request = new XMLHttpRequest()
    request.open('POST', ticket.url)
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total) }
    request.onerror = () => reject(new Problem('The connection was lost. Try again.'))
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Problem(`The storage refused it (${request.status}).`))
    request.send(data)
  })
}

function row(file) {
  const item = element('li')
  const words = element('span', '', 'share-name')
  const name = element('span', file.name)
  name.dir = 'auto'
  const state = element('small', `${size(file.size)}, waiting`)
  const bar = element('progress')
  bar.max = 1
  bar.value = 0
  bar.setAttribute('aria-label', `Sending ${file.name}`)
  words.append(name, state)
  item.append(words, bar)
  list.append(item)
  return { item, state, bar }
}

function again(file, shown) {
  const button = element('button', 'Try again')
  button.type = 'button'
  button.onclick = () => { shown.item.remove(); add(file) }
  shown.item.append(button)
}

async function deliver({ file, shown }) {
  const to = form.dataset.to
  try {
    shown.state.textContent = `${size(file.size)}, sending`
    const ticket = await post(to, {
      name: file.name, size: file.size, type: file.type, sender: document.getElementById('sender').value,
    })
    await send(file, ticket, (done) => { shown.bar.value = done })
    await post(`${to}/${ticket.id}`, {})
    shown.bar.remove()
    shown.item.classList.add('share-ok')
    shown.state.textContent = `${size(file.size)}, received`
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error)
    shown.bar.remove()
    shown.item.classList.add('share-fail')
    shown.state.textContent = error instanceof Problem ? error.message : 'It could not be sent.'
    again(file, shown)
  }
}

async function work() {
  if (busy) return
  busy = true
  while (waiting.length) await deliver(waiting.shift())
  busy = false
}

function add(file) {
  waiting.push({ file, shown: row(file) })
  work()
}

picker.addEventListener('change', () => {
  for (const file of picker.files) add(file)
  picker.value = ''
})
form.addEventListener('submit', (event) => event.preventDefault())
form.addEventListener('dragover', (event) => event.preventDefault())
form.addEventListener('drop', (event) => {
  event.preventDefault()
  for (const file of event.dataTransfer.files) add(file)
})
window.addEventListener('beforeunload', (event) => { if (busy) event.preventDefault() })
