// What the upload list looks like. Reads the tab's items, calls its verbs, keeps no state of its own
// beyond what is folded or filtered.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { count, duration, size } from '../shared/words.js'
import { droppedFiles } from './drops.js'
import { Icon } from './icon.jsx'
import { useItems } from './items.js'
import { choose, chosenIn } from './pick.js'
import { Row } from './row.jsx'
import { FINAL, SENDING, isActive, totals } from './states.js'
import { useSpeed } from './speed.js'

const ROWS_AT_FIRST = 100
const FILTER_FROM = 9

export function UploaderView({ tab, folder }) {
  const items = useItems(tab)
  const offline = globalThis.navigator?.onLine === false
  return (
    <>
      <DropZone tab={tab} compact={items.length > 0} folder={folder} />
      {offline && <p class="note warn" role="status"><Icon name="offline" />No connection. Uploads go on when it is back.</p>}
      <Interrupted tab={tab} items={items} />
      {tab.notice && <p class="note" role="status">{tab.notice}</p>}
      {items.length > 0 && <Summary tab={tab} items={items} />}
      {items.length > 0 && <FileList tab={tab} items={items} />}
    </>
  )
}

/** Where several wait to be chosen again, once is enough for all of them. */
function Interrupted({ tab, items }) {
  const input = useRef()
  const waiting = items.filter((item) => item.stage === 'needs-file' && !item.askable && !item.replaces)
  if (waiting.length < 2) return null
  return (
    <p class="note warn" role="status">
      <Icon name="alert" />
      <span>{count(waiting.length, 'file')} were interrupted. Choose them again, together if you like: each goes on where it was.</span>
      <button type="button" class="button small" onClick={() => choose(input.current, (chosen) => tab.add(chosen))}>Choose them</button>
      <input ref={input} type="file" multiple hidden onChange={(event) => tab.add(chosenIn(event.currentTarget))} />
    </p>
  )
}

/** Files may be dropped anywhere on the page while the uploader is shown. */
function useDrop(tab) {
  const [over, setOver] = useState(false)
  useEffect(() => {
    let leaving
    const hasFiles = (event) => Array.from(event.dataTransfer?.types ?? []).includes('Files')
    const onOver = (event) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'copy'
      clearTimeout(leaving)
      setOver(true)
    }
    const onLeave = () => {
      clearTimeout(leaving)
      leaving = setTimeout(() => setOver(false), 120)
    }
    const onDrop = async (event) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(false)
      tab.add(await droppedFiles(event.dataTransfer))
    }
    document.addEventListener('dragover', onOver)
    document.addEventListener('dragleave', onLeave)
    document.addEventListener('drop', onDrop)
    return () => {
      clearTimeout(leaving)
      document.removeEventListener('dragover', onOver)
      document.removeEventListener('dragleave', onLeave)
      document.removeEventListener('drop', onDrop)
    }
  }, [tab])
  return over
}

function DropZone({ tab, compact, folder }) {
  const over = useDrop(tab)
  const files = useRef()
  const folders = useRef()
  const take = (event) => tab.add(chosenIn(event.currentTarget))
  return (
    <section class={`drop${compact ? ' compact' : ''}${over ? ' over' : ''}`} aria-label="Add files">
      <span class="drop-icon"><Icon name="upload" /></span>
      <div class="drop-words">
        <strong>{over ? 'Let go to upload' : compact ? 'Drop more files or folders' : 'Drop files or folders here'}</strong>
        <span>
          Uploads go on while you visit other pages, and after a reload.
          {folder ? <> Into folder <b>{folder}</b>.</> : null}
        </span>
      </div>
      <div class="drop-actions">
        <button type="button" class={`button${compact ? '' : ' main'}`} onClick={() => choose(files.current, (chosen) => tab.add(chosen))}>Choose files</button>
        <button type="button" class="button" onClick={() => folders.current.click()}><Icon name="folder" />Choose a folder</button>
      </div>
      <input ref={files} class="files-input" type="file" multiple hidden onChange={take} />
      <input ref={folders} class="folder-input" type="file" multiple hidden webkitdirectory onChange={take} />
    </section>
  )
}

const ALONE = { delivered: 'delivered', undelivered: 'not delivered', refused: 'refused', failed: 'failed', paused: 'paused', 'needs-file': 'interrupted' }

function headline(sum, items) {
  if (sum.all === 1) return sum.active ? 'Uploading 1 file' : `1 file ${ALONE[items[0].stage]}`
  if (sum.active) return `${sum.all - sum.active - sum.paused} of ${count(sum.all, 'file')} done`
  if (sum.delivered === sum.all) return `${count(sum.all, 'file')} delivered`
  if (sum.paused === sum.all) return `${count(sum.all, 'file')} paused`
  return `${sum.delivered} of ${count(sum.all, 'file')} delivered`
}

function Summary({ tab, items }) {
  const sum = useMemo(() => totals(items), [items])
  const sending = items.some((item) => SENDING.has(item.stage))
  const { rate, left } = useSpeed(sum, sending)
  const share = sum.bytes ? sum.sent / sum.bytes : 0
  return (
    <section class="summary" aria-label="All uploads">
      <div class="summary-words">
        <strong role="status">{headline(sum, items)}</strong>
        <span class="numbers">
          {sum.bytes > 0 && `${size(sum.sent)} of ${size(sum.bytes)}`}
          {sending && rate > 0 ? ` · ${size(rate)}/s · ${duration(left)} left` : ''}
          {sum.trouble > 0 && sum.all > 1 && <span class="trouble">{sum.bytes > 0 && ' · '}{sum.trouble} need{sum.trouble === 1 ? 's' : ''} attention</span>}
        </span>
      </div>
      <Actions tab={tab} items={items} sending={sending} />
      {sum.active || sum.paused ? <Progress share={share} /> : <Outcome sum={sum} />}
    </section>
  )
}

function Progress({ share }) {
  return (
    <div class="bar whole" role="progressbar" aria-label="Bytes uploaded" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
      <i style={{ transform: `scaleX(${share})` }} />
    </div>
  )
}

/** How it ended, in the same place and height as the progress it replaces. */
function Outcome({ sum }) {
  const parts = [['ok', sum.delivered], ['warn', sum.trouble - sum.failing], ['fail', sum.failing]].filter(([, number]) => number)
  return <div class="bar whole outcome" aria-hidden="true">{parts.map(([tone, number]) => <i key={tone} class={tone} style={{ flex: number }} />)}</div>
}

function Actions({ tab, items, sending }) {
  const having = (...stages) => items.filter((item) => stages.includes(item.stage))
  const paused = having('paused')
  const failed = having('failed').filter((item) => item.data)
  const done = items.filter((item) => FINAL.has(item.stage))
  const open = items.filter((item) => !FINAL.has(item.stage))
  const each = (list, verb) => () => list.forEach((item) => tab[verb](item.id))
  return (
    <div class="actions">
      {sending && items.length > 1 && <button type="button" class="button quiet" onClick={each(items, 'pause')}><Icon name="pause" />Pause all</button>}
      {paused.length > 1 && <button type="button" class="button quiet" onClick={each(paused, 'resume')}><Icon name="play" />Resume all</button>}
      {failed.length > 1 && <button type="button" class="button quiet" onClick={each(failed, 'retry')}><Icon name="retry" />Retry failed</button>}
      {open.length > 1 && sending && <CancelAll tab={tab} items={open.filter((item) => !isActive(item.stage) || SENDING.has(item.stage))} />}
      {done.length > 0 && <button type="button" class="button quiet" onClick={() => tab.remove(done.map((item) => item.id))}>Clear finished</button>}
    </div>
  )
}

/** Cannot be undone, so the first click only asks. */
function CancelAll({ tab, items }) {
  const [asking, setAsking] = useState(false)
  useEffect(() => {
    if (!asking) return undefined
    const timer = setTimeout(() => setAsking(false), 4000)
    return () => clearTimeout(timer)
  }, [asking])
  const click = () => {
    if (asking) tab.remove(items.map((item) => item.id))
    setAsking(!asking)
  }
  return (
    <button type="button" class={`button quiet${asking ? ' danger' : ''}`} onClick={click}>
      {asking ? `Cancel ${count(items.length, 'upload')}` : 'Cancel all'}
    </button>
  )
}

const FILTERS = [
  ['All', () => true],
  ['Under way', (item) => isActive(item.stage) || item.stage === 'paused'],
  ['Delivered', (item) => item.stage === 'delivered'],
  ['Need attention', (item) => ['refused', 'failed', 'undelivered', 'needs-file'].includes(item.stage)],
]

function FileList({ tab, items }) {
  const [filter, setFilter] = useState('All')
  const [limit, setLimit] = useState(ROWS_AT_FIRST)
  const shown = items.filter(FILTERS.find(([name]) => name === filter)[1])
  return (
    <>
      {items.length >= FILTER_FROM && (
        <div class="filters" role="group" aria-label="Show">
          {FILTERS.map(([name, test]) => (
            <button type="button" key={name} class="chip focusable" aria-pressed={name === filter} onClick={() => setFilter(name)}>
              {name} <b>{items.filter(test).length}</b>
            </button>
          ))}
        </div>
      )}
      <ul class="list">
        {shown.slice(0, limit).map((item) => <Row key={item.id} tab={tab} item={item} />)}
      </ul>
      {shown.length === 0 && <p class="note">No file here.</p>}
      {shown.length > limit && (
        <button type="button" class="button more" onClick={() => setLimit(limit + 500)}>
          Show {count(Math.min(500, shown.length - limit), 'more file', 'more files')}
        </button>
      )}
    </>
  )
}
