/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 5314ffb83214c9c24757165fcc51ee939aa4f946065f2258121f75377e15e5d5 */
var v=`/* Colours and sizes that both components share. Neutral ones follow Streamlit's theme; the four
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
`;function C(o){let t=(o??"").trim(),e=t.match(/^#([0-9a-f]{6}|[0-9a-f]{3})/i)?.[1],i=e?(e.length===3?[...e].map(n=>n+n):e.match(/../g)).map(n=>parseInt(n,16)):t.match(/[\d.]+/g)?.map(Number);if(!i||i.length<3||i.slice(0,3).some(Number.isNaN))return 1;let[s,r,l]=i;return(.2126*s+.7152*r+.0722*l)/255}function T(o){return C(o)<.5?"dark":"light"}function x(o){o.dataset.scheme=T(getComputedStyle(o).getPropertyValue("--st-background-color"))}var f=new Map;function m(o,t){if(!f.has(t)){let s=new CSSStyleSheet;s.replaceSync(t),f.set(t,s)}let e=f.get(t),i="adoptedStyleSheets"in o?o:o.getRootNode();i.adoptedStyleSheets.includes(e)||(i.adoptedStyleSheets=[...i.adoptedStyleSheets,e])}function w(o,t,e=`${t}s`){return`${o.toLocaleString("en-US")} ${o===1?t:e}`}var L=/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;function c(o){return o.replace(L,"")}var k=`.toolbar { display: flex; align-items: center; gap: 0.25rem; min-height: 2.125rem; margin-bottom: 0.5rem; }
.toolbar [role='status'] { color: var(--muted); font-size: var(--small); font-variant-numeric: tabular-nums; margin-right: 0.5rem; }
.toolbar .button { min-height: 1.875rem; font-size: var(--small); }
.choosing .toolbar [role='status'] { color: var(--accent); font-weight: 600; }

.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(10.5rem, 44%), 1fr)); gap: 1rem 0.875rem; }
.tile { position: relative; display: flex; flex-direction: column; min-width: 0; cursor: pointer; border-radius: var(--radius); outline: none; -webkit-user-select: none; user-select: none; }
.box {
  order: -1; position: relative; display: grid; place-items: center; aspect-ratio: 4 / 3; overflow: hidden;
  border-radius: var(--radius); background: var(--surface);
}
.box::after { content: ''; position: absolute; inset: 0; pointer-events: none; border-radius: inherit; box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--text) 10%, transparent); }
.box img { width: 100%; height: 100%; object-fit: cover; display: block; }
.tile:hover .box::after { box-shadow: inset 0 0 0 1.5px var(--accent); }
.tile:focus-visible .box { outline: 2px solid var(--accent); outline-offset: 2px; }
.tile[aria-selected='true'] .box::after { box-shadow: inset 0 0 0 3px var(--accent); background: color-mix(in srgb, var(--accent) 14%, transparent); }

.kind { display: flex; flex-direction: column; align-items: center; gap: 0.375rem; padding: 0 0.5rem; color: var(--muted); text-align: center; }
.kind .icon { width: 2rem; height: 2rem; stroke-width: 1.1; }
.kind-name { font-size: var(--small); font-weight: 500; }
.kind.broken { color: var(--fail); }
.kind.broken .icon { width: 1.5rem; height: 1.5rem; }

.check {
  position: absolute; top: 0; left: 0; display: grid; place-items: center; z-index: 1; width: 2.5rem; height: 2.5rem; opacity: 0;
}
.check::before { content: ''; position: absolute; inset: 0.5rem; border-radius: 6px; background: color-mix(in srgb, var(--page) 82%, transparent); box-shadow: inset 0 0 0 1.5px color-mix(in srgb, var(--text) 45%, transparent); }
.check .icon { position: relative; width: 0.95rem; height: 0.95rem; color: transparent; stroke-width: 2.2; }
.check:hover::before { box-shadow: inset 0 0 0 1.5px var(--accent); }
.tile:hover .check, .tile:focus-visible .check, .choosing .check, .tile[aria-selected='true'] .check { opacity: 1; }
.tile[aria-selected='true'] .check::before { background: var(--accent); box-shadow: none; }
.tile[aria-selected='true'] .check .icon { color: var(--on-accent); }
@media (hover: none) { .check { opacity: 1; } }
.look {
  position: absolute; z-index: 1; top: 0.25rem; left: 2.5rem; display: grid; place-items: center; width: 2rem; height: 2rem; opacity: 0;
  border-radius: 6px; color: var(--text); background: color-mix(in srgb, var(--page) 86%, transparent); box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--text) 18%, transparent);
}
.look:hover { color: var(--accent); box-shadow: inset 0 0 0 1.5px var(--accent); }
.tile:hover .look { opacity: 1; }
@media (hover: none) { .look { display: none; } } /* there the drawer's picture leads on */

.badge {
  position: absolute; z-index: 1; top: 0.5rem; right: 0.5rem; display: inline-flex; align-items: center; gap: 0.3em;
  padding: 0.1rem 0.5rem; border-radius: 1rem; font-size: var(--small); font-weight: 500;
  color: var(--muted); background: var(--page); box-shadow: 0 0 0 1px var(--line);
}
.badge.warn { --tone: var(--warn); }
.badge.fail { --tone: var(--fail); }
.badge:is(.warn, .fail) { color: var(--tone); box-shadow: 0 0 0 1px color-mix(in srgb, var(--tone) 45%, transparent); }

.caption { display: flex; flex-direction: column; padding: 0.35rem 0.125rem 0; line-height: 1.35; }
.tile-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; font-size: var(--small); }
.tile-size { min-height: 1.35em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); font-size: var(--small); font-variant-numeric: tabular-nums; }
`;var d=class{#t=new Set;#e=null;has(t){return this.#t.has(t)}get size(){return this.#t.size}list(t){return t.filter(e=>this.#t.has(e))}replace(t){this.#t=new Set(t),this.#e=null}toggle(t){this.#t.delete(t)||this.#t.add(t),this.#e=t}extendTo(t,e){let i=e.indexOf(t),s=Math.max(0,e.indexOf(this.#e??t)),[r,l]=s<i?[s,i]:[i,s];for(let n of e.slice(r,l+1))this.#t.add(n);this.#e??=t}startFrom(t){this.#e??=t}clear(){this.#t.clear(),this.#e=null}retain(t){let e=this.#t.size;return this.#t=new Set(this.list(t)),t.includes(this.#e)||(this.#e=null),this.#t.size!==e}};function M(o,t,e,i){let s=e-1,r={ArrowLeft:-1,ArrowRight:1,ArrowUp:-i,ArrowDown:i,PageUp:-3*i,PageDown:3*i};if(o==="Home")return 0;if(o==="End")return s;if(!(o in r))return null;let l=t+r[o];if(l>=0&&l<=s)return l;if(o==="PageUp")return t%i;if(o==="PageDown")return s;let n=Math.floor(s/i)>Math.floor(t/i);return o==="ArrowDown"&&n?s:t}var p={alert:"M8 2.2 14.4 13.4H1.6ZM8 6.2v3.4M8 11.4v.1",archive:"M3 2.5h7l3 3v8H3ZM10 2.5v3h3M6.5 7.5h3M6.5 10h3",audio:"M6 11.5V3.5l6.5-1.2v8M6 11.5a1.8 1.6 0 1 1-3.6 0 1.8 1.6 0 0 1 3.6 0ZM12.5 10.3a1.8 1.6 0 1 1-3.6 0 1.8 1.6 0 0 1 3.6 0Z",broken:"M2 3h12v5M2 3v10h5M2 10l3-3 2.5 2.5M10 10l4 4M14 10l-4 4",check:"M3 8.4 6.4 12 13 4.6",clock:"M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 4.8V8l2.2 1.6",close:"M4 4l8 8M12 4l-8 8",document:"M3.5 2h6l3 3v9h-9ZM9.5 2v3h3M6 8h4M6 10.8h4",dots:"M3.5 8h.1M8 8h.1M12.5 8h.1",download:"M8 2.5v7.7M4.8 7.4 8 10.6l3.2-3.2M2.5 10v3.2h11V10",fit:"M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",folder:"M1.8 4h4.4l1.4 1.6h6.6v7.2H1.8Z",image:"M2 3h12v10H2ZM2 10.5l3.2-3 2.6 2.4L11 6.6l3 3M5.6 5.8v.1",info:"M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 7.2v3.6M8 5v.1",left:"M10 3 5 8l5 5",minus:"M3 8h10",offline:"M2 6.4a9 9 0 0 1 12 0M4.4 9a5.4 5.4 0 0 1 7.2 0M8 12.2v.1M2.5 2l11 12",other:"M3.5 2h6l3 3v9h-9ZM9.5 2v3h3",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2 12.4 8 5 12.8Z",plus:"M3 8h10M8 3v10",retry:"M13 8a5 5 0 1 1-1.6-3.7M13 2.4v3h-3",right:"M6 3l5 5-5 5",upload:"M8 10.5V3M4.8 6 8 2.8 11.2 6M2.5 10v3.2h11V10",video:"M2 4h8.4v8H2ZM10.4 7l3.6-2v6l-3.6-2"},y="http://www.w3.org/2000/svg";function h(o){let t=document.createElementNS(y,"svg");t.setAttribute("viewBox","0 0 16 16"),t.setAttribute("class","icon"),t.setAttribute("aria-hidden","true");let e=document.createElementNS(y,"path");return e.setAttribute("d",p[o]??p.other),t.append(e),t}function S(o){return o in p?o:"other"}var E={processing:["clock","Processing","muted"],undelivered:["close","Not delivered","fail"]};function a(o,t,...e){let i=document.createElement(o);return i.className=t,i.append(...e),i}function V(o){let t=/\.([a-z0-9]{1,5})$/i.exec(o);return t?t[1].toUpperCase():""}var u=class{item=null;#t=a("div","box");#e=a("span","tile-name");#l=a("span","tile-size");#a=a("span","badge");#n=null;constructor(){this.check=a("span","check",h("check")),this.check.setAttribute("aria-hidden","true"),this.look=a("span","look",h("fit")),this.look.title="View (v)",this.look.setAttribute("aria-hidden","true"),this.node=a("div","tile",this.check,this.look,a("div","caption",this.#e," ",this.#l)," ",this.#a," ",this.#t),this.node.setAttribute("role","option"),this.node.setAttribute("aria-keyshortcuts","Enter v Space"),this.node.tile=this}fill(t){let e=this.item;this.item=t,this.node.id=`tile-${t.id}`,this.#e.textContent=c(t.name),this.#l.textContent=t.size??"",this.node.title=c(t.name),(e?.thumbnail!==t.thumbnail||e?.name!==t.name)&&this.#i(),e?.state!==t.state&&this.#d(),this.#s()}loadNow(){this.#n&&(this.#n.loading="eager")}mark(t){this.node.setAttribute("aria-selected",String(t))}#s(){let t=E[this.item.state]?.[1]??"",e=[c(this.item.name),this.item.size,t,this.#t.textContent,this.item.kind];this.node.setAttribute("aria-label",e.filter(Boolean).join(", "))}#i(){let{thumbnail:t}=this.item;if(this.#n=null,!t)return this.#r();let e=document.createElement("img");this.#n=e,e.alt="",e.loading="lazy",e.decoding="async",e.draggable=!1,e.width=400,e.height=300,e.addEventListener("error",()=>this.#n===e&&this.#o()),e.src=t,this.#t.replaceChildren(e)}#r(){let{kind:t,name:e}=this.item,i=a("span","kind-name");i.textContent=V(e)||(t==="other"?"File":t),this.#t.replaceChildren(a("span","kind",h(S(t)),i))}#o(){let t=a("span","kind-name");t.textContent="Thumbnail did not load",this.#t.replaceChildren(a("span","kind broken",h("broken"),t)),this.#s()}#d(){let t=E[this.item.state];if(this.#a.hidden=!t,!t)return;let[e,i,s]=t;this.#a.className=`badge ${s}`,this.#a.replaceChildren(h(e),i)}};var K="dashboard-view",A="dashboard-viewed",O=120,b=class{#t=document.createElement("div");#e=document.createElement("div");#l=document.createElement("span");#a=z("Select all");#n=z("Clear");#s=[];#i=[];#r=0;#o=new d;#d;#u="";#f;#h;#g=({detail:t})=>this.#z(t.id);constructor(t){this.#t.className="root gallery",this.#e.className="grid",this.#e.setAttribute("role","listbox"),this.#e.setAttribute("aria-multiselectable","true"),this.#l.setAttribute("role","status");let e=document.createElement("div");e.className="toolbar",e.append(this.#l,this.#a,this.#n),this.#t.append(e,this.#e),this.#A(),m(t,v),m(t,k),t.append(this.#t)}update(t){let{items:e,label:i,selected:s,current:r}=JSON.parse(t.data.page),l=!this.#h;this.#h=t,x(this.#t),this.#e.setAttribute("aria-label",i),this.#y(e);let n=s==null?void 0:JSON.stringify(s);l?(this.#o.replace(s??r??[]),this.#u=JSON.stringify(r??[])):n!==void 0&&n!==this.#d&&this.#o.replace(s),this.#d=n,this.#o.retain(this.#i),this.#b(),this.#p(0)}remove(){clearTimeout(this.#f),removeEventListener(A,this.#g),this.#t.remove()}isOf(t){return this.#h===t}#y(t){let e=t.map(s=>s.id),i=e.length===this.#i.length&&e.every((s,r)=>s===this.#i[r]);for(this.#i=e;this.#s.length<t.length;){let s=new u;this.#s.push(s),this.#e.append(s.node)}for(let s of this.#s.splice(t.length))s.node.remove();t.forEach((s,r)=>this.#s[r].fill(s)),i||(this.#r=0,this.#S()),this.#r=Math.min(this.#r,Math.max(0,t.length-1))}#S(){if(globalThis.navigator.connection?.saveData)return;(globalThis.requestIdleCallback??(e=>setTimeout(e,200)))(()=>this.#s.forEach(e=>e.loadNow()),{timeout:400})}#b(){this.#s.forEach((e,i)=>{e.mark(this.#o.has(e.item.id)),e.node.tabIndex=i===this.#r?0:-1});let t=this.#o.size;this.#t.classList.toggle("choosing",t>0),this.#l.textContent=t?`${t.toLocaleString("en-US")} selected`:w(this.#i.length,"file"),this.#n.hidden=!t,this.#a.hidden=this.#i.length===0||t===this.#i.length}#v(t){t<0||(this.#s[this.#r]?.node.setAttribute("tabindex","-1"),this.#r=t,this.#s[t].node.tabIndex=0)}#m(t){this.#v(t),this.#s[t].node.focus()}#E(t){return this.#s.indexOf(t.closest(".tile")?.tile)}#c(){this.#b(),this.#p(O)}#p(t){clearTimeout(this.#f);let e=()=>{let i=this.#o.list(this.#i),s=JSON.stringify(i);s!==this.#u&&(this.#u=s,this.#h.setStateValue("selected",i))};t?this.#f=setTimeout(e,t):e()}#x(t){this.#p(0),this.#h.setTriggerValue("open",t)}#A(){this.#e.addEventListener("click",t=>this.#N(t)),this.#e.addEventListener("focusin",t=>this.#v(this.#E(t.target))),this.#e.addEventListener("keydown",t=>this.#C(t)),addEventListener(A,this.#g),this.#a.addEventListener("click",()=>this.#k()),this.#n.addEventListener("click",()=>this.#M())}#w(t){dispatchEvent(new CustomEvent(K,{detail:{id:t}}))}#z(t){let e=this.#i.indexOf(t);e>=0&&!document.querySelector("[role=dialog]")&&this.#m(e)}#k(){this.#o.replace(this.#i),this.#c()}#M(){this.#o.clear(),this.#c()}#N(t){let e=t.target.closest(".tile")?.tile;if(!e)return;let{id:i}=e.item;if(this.#m(this.#i.indexOf(i)),t.shiftKey)this.#o.extendTo(i,this.#i);else if(t.ctrlKey||t.metaKey||t.target.closest(".check"))this.#o.toggle(i);else return t.target.closest(".look")?this.#w(i):this.#x(i);this.#c()}#C(t){if(!this.#i.length)return;let e=this.#i[this.#r],i=getComputedStyle(this.#e).gridTemplateColumns.split(" ").length,s=t.altKey?null:M(t.key,this.#r,this.#i.length,i);if(s!==null)this.#T(s,t.shiftKey);else if(t.key==="Enter")this.#x(e);else if(t.key===" ")this.#L(e,t.shiftKey);else if(t.key==="v"&&!t.ctrlKey&&!t.metaKey)this.#w(e);else if(t.key==="Escape"&&this.#o.size)this.#M();else if(t.key==="a"&&(t.ctrlKey||t.metaKey))this.#k();else return;t.preventDefault(),t.stopPropagation()}#T(t,e){e&&this.#o.startFrom(this.#i[this.#r]),this.#m(t),e&&(this.#o.extendTo(this.#i[t],this.#i),this.#c())}#L(t,e){e?this.#o.extendTo(t,this.#i):this.#o.toggle(t),this.#c()}};function z(o){let t=document.createElement("button");return t.type="button",t.className="button quiet",t.textContent=o,t}var g=new WeakMap;function Q(o){let{parentElement:t}=o,e=g.get(t)??new b(t);return g.set(t,e),e.update(o),()=>{e.isOf(o)&&(g.delete(t),e.remove())}}export{Q as mount};
