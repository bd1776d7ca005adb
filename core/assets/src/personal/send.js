// Calls of the dashboard's own routes, with errors that a person can act on.

export class Refused extends Error {}

export async function call(path, options, fetcher = globalThis.fetch) {
  let response
  try {
    response = await fetcher(path, options)
  } catch {
    throw new Refused('The dashboard did not answer. Check the connection, then try again.')
  }
  if (!response.ok) throw new Refused(await said(response))
  return response.status === 204 ? null : response.json()
}

export function post(path, body, fetcher) {
  const json = body !== undefined && !(body instanceof FormData)
  const headers = json ? { 'Content-Type': 'application/json' } : {}
  return call(path, { method: 'POST', headers, body: json ? JSON.stringify(body) : body }, fetcher)
}

async function said(response) {
  if (response.status === 401) return 'You are signed out. Sign in again in another tab, then try again.'
  try {
    const { detail, title, hint } = await response.json()
    return [detail || title, hint].filter(Boolean).join(' ')
  } catch {
    return `The dashboard answered ${response.status}.`
  }
}

/** What this site serves itself is asked for relatively: a proxy in front may speak https. */
function local(url) {
  const { pathname, search } = new URL(url, 'http://site')
  return pathname.startsWith('/emulator/') ? pathname + search : url
}

/** One progress photo: a ticket, the bytes straight to S3, then the dashboard takes them in. */
export async function sendPhoto(base, file, { day, note }, fetcher = globalThis.fetch) {
  const asked = { size: file.size, content_type: file.type, note }
  if (day) asked.taken_on = day
  const ticket = await post(`${base}/tickets`, asked, fetcher)
  const form = new FormData()
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value)
  form.append('file', file)
  let answer
  try {
    answer = await fetcher(local(ticket.url), { method: 'POST', body: form })
  } catch {
    throw new Refused('The storage did not answer. Check the connection, then try again.')
  }
  if (!answer.ok) throw new Refused(`The storage answered ${answer.status}. Try again.`)
  return post(`${base}/tickets/${ticket.upload_id}/complete`, undefined, fetcher)
}
