/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 c8ec3a3ecaa33c099b53b4e65755bd926f1d76d06891914fc6d6af2c9c21e33b */
var g=`/* Colours and sizes that both components share. Neutral ones follow Streamlit's theme; the four
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
`;function N(r){let e=(r??"").trim(),t=e.match(/^#([0-9a-f]{6}|[0-9a-f]{3})/i)?.[1],n=t?(t.length===3?[...t].map(s=>s+s):t.match(/../g)).map(s=>parseInt(s,16)):e.match(/[\d.]+/g)?.map(Number);if(!n||n.length<3||n.slice(0,3).some(Number.isNaN))return 1;let[o,i,a]=n;return(.2126*o+.7152*i+.0722*a)/255}function A(r){return N(r)<.5?"dark":"light"}function b(r){r.dataset.scheme=A(getComputedStyle(r).getPropertyValue("--st-background-color"))}var d=new Map;function u(r,e){if(!d.has(e)){let o=new CSSStyleSheet;o.replaceSync(e),d.set(e,o)}let t=d.get(e),n="adoptedStyleSheets"in r?r:r.getRootNode();n.adoptedStyleSheets.includes(t)||(n.adoptedStyleSheets=[...n.adoptedStyleSheets,t])}function x(r,e,t=`${e}s`){return`${r.toLocaleString("en-US")} ${r===1?e:t}`}var v=`.dates { overflow: auto; max-height: 24rem; border: 1px solid var(--line); border-radius: var(--radius); }
@supports (animation-timeline: scroll()) {
  .dates {
    mask: linear-gradient(270deg, transparent, #000 36px) left / calc(100% + 36px) 100% no-repeat;
    animation: goes-on linear both; animation-timeline: scroll(self x);
  }
  @keyframes goes-on { from, 90% { mask-size: 100% 100%; } to { mask-size: calc(100% + 36px) 100%; } }
}
table { border-collapse: separate; border-spacing: 2px; padding: 0.25rem; font-size: 0.75rem; font-variant-numeric: tabular-nums; width: 100%; table-layout: fixed; min-width: 60rem; }
tr:first-child > * { position: sticky; top: 0; z-index: 2; background: var(--page); color: var(--muted); font-weight: 400; height: 1.375rem; text-align: center; }
tr:first-child > td { left: 0; z-index: 3; width: 10rem; }
[role='rowheader'], [role='gridcell'] { height: 1.625rem; padding: 0; border-radius: 4px; text-align: center; cursor: pointer; color: var(--text); background: color-mix(in srgb, var(--accent) var(--shade, 0%), var(--surface)); }
[role='rowheader'] { position: sticky; left: 0; z-index: 1; background: var(--page); padding: 0 0.5rem; font-weight: 500; white-space: nowrap; text-align: left; }
[role='rowheader'] small { float: right; color: var(--muted); font-size: inherit; font-weight: 400; }
[data-count='0'] { cursor: default; }
[data-level='1'] { --shade: 10%; }
[data-level='2'] { --shade: 20%; }
[data-level='3'] { --shade: 31%; }
[data-level='4'] { --shade: 42%; }
[data-level='5'] { --shade: 52%; }
[data-count]:not([data-count='0']):hover { box-shadow: inset 0 0 0 1.5px var(--accent); }
[aria-selected='true'] { box-shadow: inset 0 0 0 2px var(--accent); font-weight: 600; }
[data-period]:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px; }
`;var z=["January","February","March","April","May","June","July","August","September","October","November","December"];function w(r){let e=new Map(r);return[...new Set(r.map(([n])=>n.slice(0,7)))].sort().reverse().map(n=>{let[o,i]=n.split("-").map(Number),a=new Date(Date.UTC(o,i,0)).getUTCDate(),s=Array.from({length:a},(l,c)=>{let f=`${n}-${String(c+1).padStart(2,"0")}`;return{day:f,count:e.get(f)??0}});return{month:n,count:s.reduce((l,{count:c})=>l+c,0),days:s}})}function y(r,e){return r<=0?0:e<=1?5:1+Math.round(4*(Math.log(r)/Math.log(e)))}function h(r){let[e,t,n]=r.split("-"),o=z[Number(t)-1];return n?`${Number(n)} ${o} ${e}`:`${o} ${e}`}function k(r){if(r<1e3)return String(r);let e=r/1e3;return`${e<10?e.toFixed(1).replace(".0",""):Math.round(e)}k`}function S(r,{row:e,column:t},n){let o=n.length,i=a=>({row:a,column:Math.min(t,n[a].days.length)});switch(r){case"ArrowLeft":return t>0?{row:e,column:t-1}:null;case"ArrowRight":return t<n[e].days.length?{row:e,column:t+1}:null;case"ArrowUp":return e>0?i(e-1):null;case"ArrowDown":return e<o-1?i(e+1):null;case"PageUp":return i(Math.max(0,e-12));case"PageDown":return i(Math.min(o-1,e+12));case"Home":return{row:e,column:0};case"End":return{row:e,column:n[e].days.length};default:return null}}var p=class{#n=document.createElement("div");#e=document.createElement("table");#o;#i="";#r=[];#t={row:0,column:0};constructor(e){this.#n.className="root dates",this.#e.setAttribute("role","grid"),this.#n.append(this.#e),this.#e.addEventListener("click",({target:t})=>this.#s(t.closest("[data-period]"))),this.#e.addEventListener("keydown",t=>this.#u(t)),this.#e.addEventListener("focusin",({target:t})=>this.#d(t.closest("[data-period]"))),u(e,g),u(e,v),e.append(this.#n)}update(e){if(this.#o=e,b(this.#n),e.data.map===this.#i)return;let{label:t,days:n,chosen:o}=JSON.parse(e.data.map),i=this.#e.contains(this.#e.getRootNode().activeElement);this.#i=e.data.map,this.#r=w(n),this.#e.setAttribute("aria-label",t),this.#c(o),i&&this.#a(this.#t)?.focus()}isOf(e){return this.#o===e}remove(){this.#n.remove()}#c(e){let t=Math.max(1,...this.#r.flatMap(({days:a})=>a.map(({count:s})=>s))),n=this.#r.map(a=>{let s=document.createElement("tr");s.append(M("th",a.month,a.count,e,h(a.month),0));for(let{day:l,count:c}of a.days)s.append(M("td",l,c,e,c?k(c):"",y(c,t)));return s});this.#e.replaceChildren(C(),...n);let o=this.#l(e)??this.#t,i=Math.max(0,Math.min(o.row,n.length-1));this.#t={row:i,column:Math.min(o.column,this.#r[i]?.days.length??0)},this.#a(this.#t)?.setAttribute("tabindex","0")}#l(e){let t=this.#r.findIndex(({month:n})=>e?.startsWith(n));return t<0?null:{row:t,column:e.length>7?Number(e.slice(8)):0}}#a({row:e,column:t}){return this.#e.rows[e+1]?.cells[t]}#d(e){e&&(this.#a(this.#t)?.setAttribute("tabindex","-1"),this.#t={row:e.parentElement.rowIndex-1,column:e.cellIndex},e.setAttribute("tabindex","0"))}#u(e){if(e.altKey||e.ctrlKey||e.metaKey)return;let t=S(e.key,this.#t,this.#r);if(t)this.#a(t).focus();else if(e.key==="Enter"||e.key===" ")this.#s(this.#a(this.#t));else if(e.key==="Escape")this.#o.setTriggerValue("picked","-");else return;e.preventDefault(),e.stopPropagation()}#s(e){if(!e||!Number(e.dataset.count))return;let{period:t}=e.dataset;this.#o.setTriggerValue("picked",e.ariaSelected==="true"?"-":t)}};function C(){let r=document.createElement("tr"),e=document.createElement("td");r.append(e);for(let t=1;t<=31;t++){let n=document.createElement("th");n.scope="col",n.textContent=t,r.append(n)}return r}function M(r,e,t,n,o,i){let a=document.createElement(r);return a.setAttribute("role",r==="th"?"rowheader":"gridcell"),a.tabIndex=-1,a.dataset.period=e,a.dataset.count=t,a.dataset.level=i,a.ariaSelected=String(e===n),a.ariaLabel=`${h(e)}, ${x(t,"file")}`,a.title=a.ariaLabel,r==="th"?a.append(E("span",o),E("small",t.toLocaleString("en-US"))):a.textContent=o,a}function E(r,e){let t=document.createElement(r);return t.textContent=e,t}var m=new WeakMap;function F(r){let{parentElement:e}=r,t=m.get(e)??new p(e);return m.set(e,t),t.update(r),()=>{t.isOf(r)&&(m.delete(e),t.remove())}}export{F as mount};
