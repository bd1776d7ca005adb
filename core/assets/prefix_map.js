/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 caacf99c9c411b7e4677147bde807ff62d44204b1e41b9f155da073b89d3d130 */
var N=`/* Colours and sizes that both components share. Neutral ones follow Streamlit's theme; the four
   meanings (ok, warn, fail, unknown) are fixed so that they look the same on every page. */
.root {
  --text: var(--st-text-color, #1b1f24);
  --page: var(--st-background-color, #ffffff);
  --surface: var(--st-secondary-background-color, #f6f7f9);
  --line: var(--st-border-color, #d9dde3);
  --accent: var(--st-primary-color, #3b5bdb);
  --radius: var(--st-base-radius, 8px);
  --muted: #57606a;
  --ok: #1a7f37;
  --warn: #9a6700;
  --fail: #cf222e;
  --unknown: #57606a;
  --on-accent: #ffffff;
  --small: 0.875rem;
  color: var(--text);
  font-family: var(--st-font, Inter, system-ui, sans-serif);
  font-size: 1rem;
  line-height: 1.45;
  font-feature-settings: 'tnum';
  -webkit-font-smoothing: antialiased;
}
.root[data-scheme='dark'] {
  --muted: #9aa4b2;
  --ok: #4ac26b;
  --warn: #d4a72c;
  --fail: #ff7b72;
  --unknown: #9aa4b2;
  --on-accent: #14171c;
  color-scheme: dark;
}
.root *, .root *::before, .root *::after { box-sizing: border-box; }
.root [hidden] { display: none !important; }
.icon { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.4em;
  min-height: 2.125rem; padding: 0 0.8em;
  font: inherit; font-weight: 500; white-space: nowrap;
  color: var(--text); background: var(--page);
  border: 1px solid var(--line); border-radius: var(--radius); cursor: pointer;
}
.button:hover { border-color: var(--accent); color: var(--accent); }
.button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.main:hover { filter: brightness(1.08); color: var(--on-accent); }
.button.quiet { border-color: transparent; background: transparent; color: var(--muted); padding: 0 0.5em; }
.button.quiet:hover { color: var(--accent); background: var(--surface); }
.button:disabled { opacity: 0.5; cursor: default; }
.button:focus-visible, .focusable:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) { .root *, .root *::before, .root *::after { animation: none !important; transition: none !important; } }
`;function I(e){let t=(e??"").trim(),o=t.match(/^#([0-9a-f]{6}|[0-9a-f]{3})/i)?.[1],n=o?(o.length===3?[...o].map(r=>r+r):o.match(/../g)).map(r=>parseInt(r,16)):t.match(/[\d.]+/g)?.map(Number);if(!n||n.length<3||n.slice(0,3).some(Number.isNaN))return 1;let[a,i,c]=n;return(.2126*a+.7152*i+.0722*c)/255}function R(e){return I(e)<.5?"dark":"light"}function A(e){e.dataset.scheme=R(getComputedStyle(e).getPropertyValue("--st-background-color"))}var v=new Map;function w(e,t){if(!v.has(t)){let a=new CSSStyleSheet;a.replaceSync(t),v.set(t,a)}let o=v.get(t),n="adoptedStyleSheets"in e?e:e.getRootNode();n.adoptedStyleSheets.includes(o)||(n.adoptedStyleSheets=[...n.adoptedStyleSheets,o])}var E=`.root.map { position: relative; width: 100%; height: 380px; overflow: hidden; }
.map[aria-busy] { opacity: 0.55; pointer-events: none; transition: opacity 0.15s; }
.tile {
  all: unset; display: flex; flex-direction: column; align-items: flex-start; box-sizing: border-box; position: absolute; overflow: hidden; border-radius: 4px; padding: 3px 6px;
  font: 400 12px/16px var(--st-font, Inter, sans-serif); color: var(--text); white-space: nowrap; font-variant-numeric: tabular-nums;
  background: color-mix(in srgb, var(--hue) var(--much), var(--page));
}
.tile b, .tile span { max-width: 100%; overflow: hidden; }
.tile b { font-weight: 600; }
.outer { --much: 20%; box-shadow: inset 0 2px 0 var(--hue); padding-top: 5px; }
.inner { --much: 36%; }
.inner:not(.open) { pointer-events: none; } /* a click walks into the folder around it */
.tile.open { cursor: pointer; }
.outer.open:hover { --much: 30%; }
.inner.open:hover { --much: 48%; }
.tile:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
`;function z(e,t){let o=e.reduce((n,a)=>n+a.area,0);return Math.max(...e.map(({area:n})=>Math.max(t*t*n/(o*o),o*o/(t*t*n))))}function x(e,t){let o=e.reduce((s,l)=>s+l.value,0),n=e.map(s=>({item:s,area:s.value/o*t.w*t.h}));n.sort((s,l)=>l.area-s.area);let a=[],{x:i,y:c,w:r,h:u}=t;for(;n.length&&r>0&&u>0;){let s=Math.min(r,u),l=[n.shift()];for(;n.length&&z([...l,n[0]],s)<=z(l,s);)l.push(n.shift());let h=l.reduce((d,b)=>d+b.area,0)/s,m=0;for(let{item:d,area:b}of l){let g=b/h;a.push(r>=u?{item:d,x:i,y:c+m,w:h,h:g}:{item:d,x:i+m,y:c,w:g,h}),m+=g}r>=u?(i+=h,r-=h):(c+=h,u-=h)}return a}function C(e,t){if(e.length<=t)return e;let o=Math.floor((t-1)/2);return`${e.slice(0,t-1-o)}\u2026${e.slice(e.length-o)}`}var p=24,f=1,y=4,j=7.5,q=70,M=class{#t=document.createElement("div");#e;#o;#n=0;#r=new ResizeObserver(()=>this.#a());constructor(t){this.#t.className="root map",this.#t.setAttribute("role","group"),this.#t.onclick=({target:o})=>this.#i(o.closest(".tile")?.dataset.into),w(t,N),w(t,E),t.append(this.#t),this.#r.observe(this.#t)}update(t){let o=this.#e?.data.map===t.data.map;this.#e=t,this.#t.removeAttribute("aria-busy"),A(this.#t),!o&&(this.#o=JSON.parse(t.data.map),this.#t.setAttribute("aria-label",this.#o.label),this.#n=0,this.#a())}isOf(t){return this.#e===t}remove(){this.#r.disconnect(),this.#t.remove()}#i(t){!t||this.#t.hasAttribute("aria-busy")||(this.#t.setAttribute("aria-busy","true"),this.#e.setTriggerValue("into",t))}#a(){let{clientWidth:t,clientHeight:o}=this.#t;if(!t||t===this.#n)return;this.#n=t;let n=this.#t.contains(this.#t.getRootNode().activeElement),a=x(this.#o.blocks,{x:0,y:0,w:t,h:o});this.#t.replaceChildren(...a.flatMap(D)),n&&this.#t.querySelector("button")?.focus()}};function D(e){let{item:t,x:o,y:n,w:a,h:i}=e;if(!t.inside.length||a<q||i<q)return[k(e,"outer",!1)];let c={x:o+y,y:n+p,w:a-2*y,h:i-p-y},r=x(t.inside,c).map(u=>k(u,"inner",!1));return[k(e,"outer",!0),...r]}function k({item:e,x:t,y:o,w:n,h:a},i,c){let r=document.createElement(e.into?"button":"div");r.className=`tile ${i}${e.into?" open":""}`,r.title=`${e.label}
${e.text}`,e.into&&(r.type="button",r.dataset.into=e.into,r.setAttribute("aria-label",`${e.label}, ${e.text}`));let u={left:t+f,top:o+f,width:Math.max(n-2*f,0),height:Math.max(a-2*f,0)};for(let[s,l]of Object.entries(u))r.style[s]=`${l}px`;return r.style.setProperty("--hue",e.colour),r.append(...G(e,Math.floor((n-16)/j),a,c)),r}function G({label:e,text:t},o,n,a){if(o<4||n<p)return[];if(a&&e.length+t.length+3<=o)return[S("b",`${e} \xB7 ${t}`)];let i=a?[]:t.split(", ").filter(r=>r.length<=o),c=Math.floor((n-p)/16);return[S("b",C(e,o)),...i.slice(0,c).map(r=>S("span",r))]}function S(e,t){let o=document.createElement(e);return o.textContent=t,o}var $=new WeakMap;function K(e){let{parentElement:t}=e,o=$.get(t)??new M(t);return $.set(t,o),o.update(e),()=>{o.isOf(e)&&($.delete(t),o.remove())}}export{K as mount};
