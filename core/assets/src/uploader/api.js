// The dashboard's own REST routes for uploads; the only place here that knows their addresses.
import { TransferError } from './retry.js'

const OFFLINE = { status: 0, detail: 'The dashboard did not answer.', hint: 'The upload goes on when the connection is back.' }
const SIGNED_OUT = { status: 401, detail: 'You are signed out.', hint: 'Sign in again in another tab, then retry here.' }

async function problemOf(response) {
  if (response.status === 401) return new TransferError(SIGNED_OUT)
  let problem = {}
  try {
    problem = await response.json()
  } catch {
    // A proxy's HTML page: its status is all there is to say.
  }
  return new TransferError({
    status: response.status,
    title: problem.title ?? '',
    detail: problem.detail || problem.title || `The dashboard answered ${response.status}.`,
    hint: problem.hint ?? '',
    code: problem.type ?? '',
    retryAfter: Number(response.headers.get('retry-after')) || 0,
  })
}

/** What this site serves itself is asked for relatively: a proxy in front may speak https, or another name. */
export function local(url) {
  const { pathname, search } = new URL(url, 'http://site')
  return pathname.startsWith('/emulator/') ? pathname + search : url
}

export class UploadsApi {
  #base
  #fetch

  constructor(base = '/api/uploads', fetcher = (...args) => globalThis.fetch(...args)) {
    this.#base = base
    this.#fetch = fetcher
  }

  async open(request, signal) {
    const ticket = await this.#call('POST', '', request, signal)
    return { ...ticket, url: local(ticket.url) }
  }

  /** A ticket for new bytes of the file that exists under this id. */
  async openReplacement(fileId, request, signal) {
    const ticket = await this.#ask('POST', `/api/files/${encodeURIComponent(fileId)}/replacements`, request, signal)
    return { ...ticket, url: local(ticket.url) }
  }

  status(id, signal) {
    return this.#call('GET', `/${id}`, undefined, signal)
  }

  async parts(id, signal) {
    return (await this.#call('GET', `/${id}/parts`, undefined, signal)).items
  }

  async partUrls(id, numbers, signal) {
    const { items } = await this.#call('POST', `/${id}/parts`, { part_numbers: numbers }, signal)
    return items.map((item) => ({ ...item, url: local(item.url) }))
  }

  complete(id, signal) {
    return this.#call('POST', `/${id}/complete`, undefined, signal)
  }

  /** Outlives the page, because people cancel by closing the tab. */
  abort(id) {
    return this.#call('DELETE', `/${id}`, undefined, undefined, true)
  }

  #call(method, path, ...rest) {
    return this.#ask(method, this.#base + path, ...rest)
  }

  async #ask(method, address, body, signal, keepalive = false) {
    let response
    try {
      response = await this.#fetch(address, {
        method,
        signal,
        keepalive,
        credentials: 'same-origin',
        redirect: 'error',
        headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
      })
    } catch (error) {
      if (signal?.aborted) throw error
      throw new TransferError(OFFLINE)
    }
    if (!response.ok) throw await problemOf(response)
    return response.status === 204 ? null : response.json()
  }
}
