// One file of the upload list: picture, name, where it is on its way, what can be done.
import { memo } from './memo.js'
import { useEffect, useRef, useState } from 'preact/hooks'
import { local } from './api.js'
import { kindIcon } from '../shared/icons.js'
import { plain, shorten, size } from '../shared/words.js'
import { Icon } from './icon.jsx'
import { choose, chosenIn } from './pick.js'
import { picture } from './preview.js'
import { FINAL, PROCESSING, shownAs } from './states.js'

/** `within`: what stands around it says already where the file belongs. */
export const Row = memo(function Row({ tab, item, within }) {
  const [word, icon, tone] = shownAs(item)
  return (
    <li class={`row ${item.stage}${PROCESSING.has(item.stage) ? ' processing' : ''}`} data-stage={item.stage} data-name={item.name}>
      <Thumbnail item={item} />
      <div class="names">
        <span class="name" title={plain(item.name)}>{shorten(plain(item.name))}</span>
        <span class="sub">{size(item.size)}{within ? '' : placeWords(item)}{progressWords(item)}</span>
      </div>
      <span class={`state ${tone}`}><Icon name={icon} />{word}</span>
      <div class="row-actions"><RowActions tab={tab} item={item} /></div>
      {['uploading', 'retrying', 'paused'].includes(item.stage) && <Bar item={item} />}
      <Trouble item={item} tab={tab} />
    </li>
  )
})

function placeWords({ folder, replaces }) {
  if (replaces) return ` · for ${shorten(plain(replaces.name))}`
  return folder ? ` · ${folder}` : ''
}

function progressWords(item) {
  if (['uploading', 'retrying', 'paused'].includes(item.stage) && item.sent > 0) return ` · ${size(item.sent)} sent`
  return ''
}

function Bar({ item }) {
  const share = item.size ? item.sent / item.size : 0
  return (
    <div class="bar" role="progressbar" aria-label={`${item.name} uploaded`} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
      <i style={{ transform: `scaleX(${share})` }} />
    </div>
  )
}

function Trouble({ item, tab }) {
  if (item.stage === 'needs-file') return <Interrupted item={item} tab={tab} />
  if (!item.problem) return null
  return (
    <p class="trouble-text" role={FINAL.has(item.stage) ? 'alert' : undefined}>
      {item.problem.detail} {item.stage === 'retrying' ? <NextTry at={item.nextTry} /> : <span class="hint">{item.problem.hint}</span>}
    </p>
  )
}

function NextTry({ at }) {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.ceil((at - now) / 1000)
  return <span class="hint">{at && seconds > 0 ? `Next try in ${seconds} s.` : 'Trying again as soon as it is back.'}</span>
}

function Interrupted({ item, tab }) {
  const there = item.present ? `${size(item.present)} of ${size(item.size)} are already stored. ` : ''
  return (
    <p class="trouble-text">
      The page was closed while this file was under way. {there}
      {item.askable ? <Allow item={item} tab={tab} /> : <ChooseAgain item={item} tab={tab} />}
    </p>
  )
}

function Allow({ item, tab }) {
  return (
    <>
      Your browser asks before it reads the file again.{' '}
      <button type="button" class="button small" aria-label={`Go on with ${item.name}`} onClick={() => tab.allow(item.id)}>Go on</button>
    </>
  )
}

function ChooseAgain({ item, tab }) {
  const input = useRef()
  const take = ([chosen]) => chosen && tab.goOn(item.id, chosen)
  return (
    <>
      {item.other && <span role="alert">That was another file. {item.other} </span>}
      Choose the same file again to go on{share(item)}.{' '}
      <button type="button" class="button small" aria-label={`Choose ${item.name} again`} onClick={() => choose(input.current, take)}>Choose the file</button>
      <input ref={input} type="file" hidden onChange={(event) => take(chosenIn(event.currentTarget))} />
    </>
  )
}

function share({ present, size: whole }) {
  return present ? ` at ${Math.floor((100 * present) / whole)} %` : ''
}

function ActionButton({ icon, label, onClick }) {
  return <button type="button" class="button quiet square" aria-label={label} title={label} onClick={onClick}><Icon name={icon} /></button>
}

function RowActions({ tab, item }) {
  const { id, name, stage } = item
  const retryable = item.data && (stage === 'failed' || stage === 'refused')
  const removal = FINAL.has(stage) ? 'Remove from the list' : 'Cancel'
  return (
    <>
      {['waiting', 'uploading', 'retrying'].includes(stage) && <ActionButton icon="pause" label={`Pause ${name}`} onClick={() => tab.pause(id)} />}
      {stage === 'paused' && <ActionButton icon="play" label={`Resume ${name}`} onClick={() => tab.resume(id)} />}
      {retryable && <button type="button" class="button small" aria-label={`Retry ${name}`} onClick={() => tab.retry(id)}><Icon name="retry" />Retry</button>}
      {stage === 'delivered' && item.file?.url && <CopyUrl url={item.file.url} name={name} />}
      {!PROCESSING.has(stage) && <ActionButton icon="close" label={`${removal}: ${name}`} onClick={() => tab.remove([id])} />}
    </>
  )
}

function CopyUrl({ url, name }) {
  const [done, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(new URL(local(url), globalThis.location.origin).href)
    setDone(true)
    setTimeout(() => setDone(false), 1500)
  }
  if (!globalThis.navigator?.clipboard) return null
  return <button type="button" class="button quiet small" aria-label={`Copy URL of ${name}`} onClick={copy}>{done ? 'Copied' : 'Copy URL'}</button>
}

function kindOf(type) {
  const [group] = (type ?? '').split('/')
  if (['image', 'video', 'audio'].includes(group)) return group
  if (/zip|tar|compressed|archive/.test(type)) return 'archive'
  return group === 'text' || /pdf|document|sheet/.test(type) ? 'document' : 'other'
}

function Thumbnail({ item }) {
  const [broken, setBroken] = useState(false)
  const served = item.file?.thumbnail_url
  if (served && !broken) {
    return <span class="thumb"><img src={local(served)} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} /></span>
  }
  return <span class="thumb"><LocalPicture item={item} /></span>
}

/** The picture on this computer, drawn small and only once it is seen. */
function LocalPicture({ item }) {
  const canvas = useRef()
  const [drawn, setDrawn] = useState(false)
  useEffect(() => {
    if (!item.data || !canvas.current) return undefined
    return picture(item.data, item.type, canvas.current, () => setDrawn(true))
  }, [item.data])
  return (
    <>
      {!drawn && <Icon name={kindIcon(kindOf(item.type))} />}
      <canvas ref={canvas} width={96} height={96} class={drawn ? '' : 'undrawn'} aria-hidden="true" />
    </>
  )
}
