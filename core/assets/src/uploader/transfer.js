// Bytes to S3. XMLHttpRequest, because fetch tells nothing about upload progress.
import { TransferError, s3Error } from './retry.js'

const STALLED_AFTER = 60_000
const STALLED_AFTER_CUT = 10_000 // back online with another address, old connections stay silent

function lost(detail) {
  return new TransferError({ status: 0, detail, hint: 'The upload goes on when the connection is back.' })
}

/** @param {{method: string, url: string, body: Blob|FormData, signal: AbortSignal, onProgress: (bytes: number) => void}} request */
export function transfer({ method, url, body, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    let stalled
    const settle = (finish, value) => {
      clearTimeout(stalled)
      signal.removeEventListener('abort', abort)
      globalThis.removeEventListener('online', onOnline)
      finish(value)
    }
    const abort = () => {
      request.abort()
      settle(reject, signal.reason)
    }
    const alive = (patience = STALLED_AFTER) => {
      clearTimeout(stalled)
      stalled = setTimeout(() => {
        request.abort()
        settle(reject, lost(`No bytes moved for ${patience / 1000} seconds.`))
      }, patience)
    }
    const onOnline = () => alive(STALLED_AFTER_CUT)
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', abort)
    globalThis.addEventListener('online', onOnline)
    request.upload.addEventListener('progress', (event) => {
      alive()
      onProgress(event.loaded)
    })
    request.addEventListener('load', () => {
      const fine = request.status >= 200 && request.status < 300
      settle(fine ? resolve : reject, fine ? undefined : s3Error(request.status, request.responseText))
    })
    request.addEventListener('error', () => settle(reject, lost('The connection to the storage broke.')))
    request.open(method, url)
    alive()
    request.send(body)
  })
}

/** The form of a presigned POST; S3 wants the file to be its last field. */
export function postForm(fields, file) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields ?? {})) form.append(name, value)
  form.append('file', file)
  return form
}
