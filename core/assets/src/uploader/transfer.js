// Bytes to S3. XMLHttpRequest, because fetch tells nothing about upload progress.
import { TransferError, s3Error } from './retry.js'

const STALLED_AFTER = 60_000

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
      finish(value)
    }
    const abort = () => {
      request.abort()
      settle(reject, signal.reason)
    }
    const alive = () => {
      clearTimeout(stalled)
      stalled = setTimeout(() => {
        request.abort()
        settle(reject, lost('No bytes moved for a minute.'))
      }, STALLED_AFTER)
    }
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', abort)
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
