"""What CloudFront Functions find in their world besides the language itself, in JavaScript.

What only AWS can answer (a key value store, a hash with a secret) is never made up: asking for it
sets `__asked`, whatever the code then does about the error.
"""

from __future__ import annotations

# Names that the real runtimes have and this one has not: code that needs one is not broken.
NOT_HERE = frozenset({"TextEncoder", "TextDecoder", "crypto", "njs", "process", "setTimeout"})
FIRST_RUNTIME_METHODS = ("bytesFrom", "fromBytes", "fromUTF8", "toBytes", "toUTF8")

# What code may declare again under the same name is a property here, never a `var`.
# Set before: __now (milliseconds), __chance (what Math.random answers)
PRELUDE = """
var __asked = null, __random = false, __origin = null;
globalThis.console = {log() {}, error() {}, warn() {}, info() {}};
(() => {
  const now = __now, chance = __chance, Clock = Date;
  globalThis.Date = class extends Clock {
    constructor(...given) { if (given.length) { super(...given); } else { super(now); } }
    static now() { return now; }
  };
  Math.random = () => { __random = true; return chance; };
})();
var __dunno = what => { __asked = __asked || what; throw new Error('__unknown__ ' + what); };
var __cf = {
  kvs() { const ask = async () => __dunno('a key value store');
          return {get: ask, exists: ask, count: ask, meta: ask}; },
  updateRequestOrigin(o) { __origin = {update: o}; },
  selectRequestOriginById(id) { __origin = {select: String(id)}; },
  createRequestOriginGroup(o) { __origin = {group: o}; },
};
globalThis.cf = __cf;
var __crypto = {createHash() { __dunno('the crypto module'); },
                createHmac() { __dunno('the crypto module'); }};
globalThis.require = name => {
  if (name === 'cloudfront') { return __cf; }
  if (name === 'crypto') { return __crypto; }
  if (name === 'buffer') { return {Buffer: globalThis.Buffer}; }
  if (name === 'querystring') { return {
    parse(t) { const o = {}; for (const p of String(t).split('&')) { if (!p) continue;
      const i = p.indexOf('='); const k = decodeURIComponent(i < 0 ? p : p.slice(0, i));
      o[k] = i < 0 ? '' : decodeURIComponent(p.slice(i + 1)); } return o; },
    stringify(o) { return Object.keys(o).map(k => encodeURIComponent(k) + '=' +
      encodeURIComponent(o[k])).join('&'); },
    escape: encodeURIComponent, unescape: decodeURIComponent }; }
  if (['fs', 'xml', 'zlib', 'webcrypto'].includes(name)) { __dunno('the module ' + name); }
  throw new Error('Cannot load module "' + name + '"');
};
var __result = null, __failure = null, __chosen = null;
var __run = ((parse, stringify, text_of) => text => {
  const kept = v => { __result = stringify(v === undefined ? null : v);
                      __chosen = stringify(__origin); };
  const failed = e => { __failure = text_of(e && e.message || e); };
  if (typeof handler !== 'function') { __failure = 'The function has no handler'; return; }
  try { const out = handler(parse(text));
    if (out && typeof out.then === 'function') { out.then(kept).catch(failed); } else { kept(out); }
  } catch (e) { failed(e); }
})(JSON.parse, JSON.stringify, String);
"""

# Bytes and their codings: loaded only for code that speaks of them, for time is short.
BYTES = """
globalThis.btoa = text => {
  const set = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map(j => text.charCodeAt(i + j));
    const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
    out += set[bits >> 18] + set[(bits >> 12) & 63] +
      (isNaN(b) ? '=' : set[(bits >> 6) & 63]) + (isNaN(c) ? '=' : set[bits & 63]);
  }
  return out;
};
globalThis.atob = text => {
  const set = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let out = '', bits = 0, held = 0;
  for (const letter of String(text).replace(/[\\s=]/g, '')) {
    const value = set.indexOf(letter);
    if (value < 0) { throw new Error('Invalid character'); }
    bits = ((bits << 6) | value) & 0xffffff; held += 6;
    if (held >= 8) { held -= 8; out += String.fromCharCode((bits >> held) & 255); }
  }
  return out;
};
globalThis.Buffer = class Buffer extends Uint8Array {
  static from(given, coding) {
    if (typeof given !== 'string') { return super.from(given); }
    const kind = String(coding || 'utf8').toLowerCase();
    let raw = unescape(encodeURIComponent(given));
    if (kind === 'hex') {
      raw = (given.match(/../g) || []).map(p => String.fromCharCode(parseInt(p, 16))).join('');
    } else if (kind.startsWith('base64')) {
      raw = atob(given.replace(/-/g, '+').replace(/_/g, '/'));
    }
    return super.from(raw, letter => letter.charCodeAt(0));
  }
  static alloc(size) { return new Buffer(size); }
  static isBuffer(given) { return given instanceof Buffer; }
  static byteLength(text, coding) { return Buffer.from(text, coding).length; }
  static concat(parts) { return Buffer.from([].concat(...parts.map(p => Array.from(p)))); }
  equals(other) { return this.toString('hex') === other.toString('hex'); }
  toString(coding) {
    const kind = String(coding || 'utf8').toLowerCase();
    const raw = Array.from(this, code => String.fromCharCode(code)).join('');
    if (kind === 'hex') {
      return Array.from(this, code => code.toString(16).padStart(2, '0')).join('');
    }
    if (kind === 'base64') { return btoa(raw); }
    if (kind === 'base64url') {
      return btoa(raw).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '');
    }
    try { return decodeURIComponent(escape(raw)); } catch (e) { return raw; }
  }
};
"""
