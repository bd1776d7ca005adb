// Builds the committed browser files in ../ from the sources beside this script.
//   node build.mjs          write them
//   node build.mjs --check  build in memory and fail where a committed file differs
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const HERE = dirname(fileURLToPath(import.meta.url))
const OUT = dirname(HERE)
const MODULES = join(HERE, 'node_modules')
const BUNDLES = {
  'uploader.js': 'uploader/index.jsx',
  'dates.js': 'dates/index.js',
  'gallery.js': 'gallery/index.js',
  'personal.js': 'personal/index.js',
  'prefix_map.js': 'prefix_map/index.js',
  'theme.js': 'theme/index.js',
  'viewer.js': 'viewer/index.js',
}

// What every Latin text needs is named plainly; the subsets load only where a text needs them.
const FONTS = [
  { family: 'Inter', slug: 'inter', axis: '100 900' },
  { family: 'JetBrains Mono', slug: 'jetbrains-mono', axis: '100 800' },
]
const SUBSETS = { latin: '', 'latin-ext': '-ext', greek: '-greek', cyrillic: '-cyrillic' }

/** Every source; tests/ui/test_assets.py computes the same hash from those of one bundle. */
export function sourceFiles(folder = HERE) {
  const inside = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'test'].includes(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? sourceFiles(path) : [relative(HERE, path).replaceAll('\\', '/')]
  })
  return inside.sort()
}

/** Of the bundle's own folder, of what all share, and of the packages. */
export function sourceHash(entry) {
  const hash = createHash('sha256')
  const own = sourceFiles().filter((path) => path.startsWith('package') || [dirname(entry), 'shared'].includes(path.split('/')[0]))
  for (const path of own) hash.update(path + '\0').update(readFileSync(join(HERE, path))).update('\0')
  return hash.digest('hex')
}

async function bundle(entry, hash) {
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: ['chrome110', 'firefox110', 'safari16.4'],
    loader: { '.css': 'text' },
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none', // the licences stand in LICENSES.txt
    banner: { js: `/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 ${hash} */` },
  })
  return { bytes: result.outputFiles[0].contents, inputs: Object.keys(result.metafile.inputs) }
}

function packageOf(input) {
  const found = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)
  return found?.[1]
}

function licences(packages) {
  const sections = packages.map((name) => {
    const folder = join(MODULES, name)
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry))
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  return sections.join(`\n${'-'.repeat(78)}\n\n`)
}

function fontFace({ family, slug, axis }, subset, suffix) {
  const css = readFileSync(join(MODULES, '@fontsource-variable', slug, 'wght.css'), 'utf8')
  const block = css.split('@font-face').find((part) => part.includes(`${slug}-${subset}-wght-normal.woff2`))
  const range = block.match(/unicode-range:\s*([^;]+);/)[1]
  return `@font-face {\n  font-family: '${family}';\n  font-style: normal;\n  font-display: swap;\n  font-weight: ${axis};\n` +
    `  src: url(/assets/fonts/${slug}${suffix}.woff2) format('woff2');\n  unicode-range: ${range};\n}\n`
}

function fontOutputs() {
  const outputs = {}
  let css = '/* Built by core/assets/src/build.mjs from @fontsource-variable; licences in OFL-*.txt. */\n'
  for (const font of FONTS) {
    const folder = join(MODULES, '@fontsource-variable', font.slug)
    outputs[`fonts/OFL-${font.slug}.txt`] = readFileSync(join(folder, 'LICENSE'))
    for (const [subset, suffix] of Object.entries(SUBSETS)) {
      outputs[`fonts/${font.slug}${suffix}.woff2`] = readFileSync(join(folder, 'files', `${font.slug}-${subset}-wght-normal.woff2`))
      css += fontFace(font, subset, suffix)
    }
  }
  outputs['fonts.css'] = Buffer.from(css)
  return outputs
}

async function outputs() {
  const files = fontOutputs()
  const packages = new Set()
  for (const [name, entry] of Object.entries(BUNDLES)) {
    const { bytes, inputs } = await bundle(entry, sourceHash(entry))
    files[name] = Buffer.from(bytes)
    for (const input of inputs) if (packageOf(input)) packages.add(packageOf(input))
  }
  files['LICENSES.txt'] = Buffer.from(licences([...packages].sort()))
  return files
}

const files = await outputs()
const checking = process.argv.includes('--check')
const different = []
for (const [name, bytes] of Object.entries(files)) {
  const path = join(OUT, name)
  if (!checking) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
    continue
  }
  let committed = null
  try { committed = readFileSync(path) } catch { /* missing counts as different */ }
  if (!committed?.equals(bytes)) different.push(name)
}
if (different.length) {
  console.error(`These files differ from a fresh build: ${different.join(', ')}. Run "npm run build" in core/assets/src and commit.`)
  process.exit(1)
}
for (const name of Object.keys(BUNDLES)) console.log(`${name} ${(files[name].length / 1024).toFixed(1)} KiB`)
