// The drop box: sends each chosen file straight to S3, one after the other, and says how it goes.
const form = document.getElementById('drop')
const list = document.getElementById('sent')
const picker = document.getElementById('files')
const sender = document.getElementById('sender')
const limits = document.getElementById('limits')
const NAME = 'share-sender' // of this tab alone
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

/** What is told to the person; `status` is 0 where nobody answered. */
class Problem extends Error {
  constructor(words, status = 0) {
    super(words)
    this.status = status
  }
}

async function post(path, fields) {
  let answer
  try {
    answer = await fetch(path, { method: 'POST', body: new URLSearchParams(fields) })
  } catch {
    throw new Problem('The connection was lost. Try again.')
  }
  const told = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Problem([told.detail, told.hint].filter(Boolean).join(' ') || 'It was refused.', answer.status)
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
      request.status < 300 ? resolve() : reject(new Problem(`The storage refused it (${request.status}).`, request.status))
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

/** Trying again helps where nobody answered, the box may get room, or the server was busy. */
function mayHelp(status) {
  return status === 0 || status >= 500 || [403, 408, 409, 429].includes(status)
}

function button(shown, words, work) {
  const made = element('button', words)
  made.type = 'button'
  made.onclick = work
  shown.item.append(made)
}

function offer(status, file, shown) {
  if (status === 401) button(shown, 'Type the password', () => location.reload())
  else if (mayHelp(status)) button(shown, 'Try again', () => { shown.item.remove(); add(file) })
}

async function deliver({ file, shown }) {
  const to = form.dataset.to
  try {
    shown.state.textContent = `${size(file.size)}, sending`
    const ticket = await post(to, {
      name: file.name, size: file.size, type: file.type, sender: sender.value,
    })
    await send(file, ticket, (done) => { shown.bar.value = done })
    const told = await post(`${to}/${ticket.id}`, {})
    if (told.limits) limits.textContent = told.limits
    shown.bar.remove()
    shown.item.classList.add('share-ok')
    shown.state.textContent = `${size(file.size)}, received`
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error)
    shown.bar.remove()
    shown.item.classList.add('share-fail')
    shown.state.textContent = error instanceof Problem ? error.message : 'It could not be sent.'
    offer(error instanceof Problem ? error.status : 0, file, shown)
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
sender.value ||= sessionStorage.getItem(NAME) ?? ''
sender.addEventListener('input', () => sessionStorage.setItem(NAME, sender.value))
form.addEventListener('submit', (event) => event.preventDefault())
for (const [kind, over] of Object.entries({ dragenter: true, dragover: true, dragleave: false, drop: false })) {
  form.addEventListener(kind, () => picker.parentElement.classList.toggle('share-over', over))
}
form.addEventListener('dragover', (event) => event.preventDefault())
form.addEventListener('drop', (event) => {
  event.preventDefault()
  for (const file of event.dataTransfer.files) add(file)
})
window.addEventListener('beforeunload', (event) => { if (busy) event.preventDefault() })
