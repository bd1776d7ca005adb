// The browser's window in which files are chosen. Chromium's newer one gives handles with them, which
// outlive a reload; phones keep the older one, because it offers photos and the camera.

function givesHandles(page) {
  return typeof page.showOpenFilePicker === 'function' && page.matchMedia?.('(pointer: fine)').matches === true
}

/** What was chosen with `<input type="file">`, which is empty for the next choice then. */
export function chosenIn(input) {
  const chosen = Array.from(input.files, (file) => ({ file, path: file.webkitRelativePath || undefined }))
  input.value = ''
  return chosen
}

/**
 * In a click: `take` gets what is chosen; nothing happens where the person thinks better of it. `input`
 * is the way of browsers without handles, and calls its own `change`.
 * @param {(chosen: {file: File, handle: FileSystemFileHandle}[]) => void} take
 */
export async function choose(input, take, { page = globalThis, multiple = input.multiple } = {}) {
  if (!givesHandles(page)) return input.click()
  let handles
  try {
    handles = await page.showOpenFilePicker({ multiple })
  } catch (error) {
    return error.name === 'AbortError' ? undefined : input.click() // forbidden in some frames
  }
  const files = await Promise.allSettled(handles.map((handle) => handle.getFile()))
  const chosen = files.map((answer, index) => ({ file: answer.value, handle: handles[index] }))
  return take(chosen.filter(({ file }) => file)) // one that vanished at this moment is not chosen
}
