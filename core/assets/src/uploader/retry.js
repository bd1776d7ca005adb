// Which failures pass by themselves, and how long to wait for them. Pure.

export const MAX_ATTEMPTS = 12
const FIRST_DELAY = 500
const LONGEST_DELAY = 30_000

const PASSING = new Set([0, 408, 425, 429, 500, 502, 503, 504])

/** A failure with what a person should read. `status` 0 means: no answer came. */
export class TransferError extends Error {
  constructor({ status = 0, title = '', detail, hint = '', retryAfter = 0, code = '' }) {
    super(detail)
    this.status = status
    this.title = title
    this.detail = detail
    this.hint = hint
    this.retryAfter = retryAfter
    this.code = code
  }

  get passes() {
    return PASSING.has(this.status)
  }
}

/** Milliseconds before attempt `attempt` (from 1); `random` is 0…1 and keeps tabs from knocking together. */
export function delayBefore(attempt, random, retryAfter = 0) {
  const grown = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1))
  return Math.max(retryAfter * 1000, grown * (0.75 + random / 2))
}

/** A server refusal stays one; everything else may be tried again by hand. */
export function isRefusal(error) {
  return error instanceof TransferError && !error.passes && ![401, 403, 404, 409].includes(error.status)
}

/** What S3 says in XML, as one sentence. */
export function readS3Error(text) {
  const pick = (tag) => text.match(new RegExp(`<${tag}>([^<]*)</${tag}>`))?.[1] ?? ''
  return { code: pick('Code'), message: pick('Message') }
}

const S3_WORDS = {
  SlowDown: 'The storage asks to send more slowly.',
  EntityTooLarge: 'The file is larger than its upload ticket allows.',
  EntityTooSmall: 'The file is smaller than its upload ticket says.',
  NoSuchUpload: 'The storage no longer knows this upload.',
  AccessDenied: 'The storage refused this upload: its ticket has expired or does not fit.',
}

export function s3Error(status, text) {
  const { code, message } = readS3Error(text)
  const detail = S3_WORDS[code] ?? `The storage answered ${status}${message ? `: ${message}` : '.'}`
  const tooLarge = code === 'EntityTooLarge'
  return new TransferError({
    status: tooLarge ? 413 : status,
    code,
    detail,
    hint: tooLarge ? 'Choose a smaller file.' : 'Retry starts with a fresh ticket.',
  })
}
