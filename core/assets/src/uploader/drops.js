// What was dropped: files with their folders and, where the browser gives one, a handle for later.
import { getDroppedFiles } from '@uppy/core/utils'

/** A file's handle outlives a reload; those of files inside folders are not asked for. */
async function handlesOf(dataTransfer) {
  const items = Array.from(dataTransfer.items ?? []).filter((item) => item.kind === 'file' && item.getAsFileSystemHandle)
  const answers = await Promise.allSettled(items.map((item) => item.getAsFileSystemHandle()))
  const handles = answers.map((answer) => answer.value).filter((handle) => handle?.kind === 'file')
  return new Map(handles.map((handle) => [handle.name, handle]))
}

/** @returns {Promise<{file: File, path?: string, handle?: FileSystemFileHandle}[]>} */
export async function droppedFiles(dataTransfer) {
  const asked = handlesOf(dataTransfer) // at once: after the first wait the browser has emptied the list
  const files = await getDroppedFiles(dataTransfer)
  const handles = await asked
  return files.map((file) => {
    const path = file.relativePath ?? undefined
    return { file, path, handle: path?.includes('/') ? undefined : handles.get(file.name) }
  })
}
