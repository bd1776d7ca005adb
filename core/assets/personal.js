/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 576a958bab8f3993f2ce4e4dfc6315a6783675628f3b0680b885686ab7bf0bbc */
var T=`/* Colours and sizes that both components share. Neutral ones follow Streamlit's theme; the four
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
`;function I(e){let t=(e??"").trim(),i=t.match(/^#([0-9a-f]{6}|[0-9a-f]{3})/i)?.[1],o=i?(i.length===3?[...i].map(l=>l+l):i.match(/../g)).map(l=>parseInt(l,16)):t.match(/[\d.]+/g)?.map(Number);if(!o||o.length<3||o.slice(0,3).some(Number.isNaN))return 1;let[a,r,s]=o;return(.2126*a+.7152*r+.0722*s)/255}function Y(e){return I(e)<.5?"dark":"light"}function $(e){e.dataset.scheme=Y(getComputedStyle(e).getPropertyValue("--st-background-color"))}var k=new Map;function C(e,t){if(!k.has(t)){let a=new CSSStyleSheet;a.replaceSync(t),k.set(t,a)}let i=k.get(t),o="adoptedStyleSheets"in e?e:e.getRootNode();o.adoptedStyleSheets.includes(i)||(o.adoptedStyleSheets=[...o.adoptedStyleSheets,i])}function n(e,t={},...i){let o=document.createElement(e);for(let[a,r]of Object.entries(t))a in o&&a!=="role"?o[a]=r:o.setAttribute(a,r);return o.append(...i),o}function d(e,t,i=""){return n("button",{type:"button",className:`button ${i}`.trim(),textContent:e,onclick:t})}function f(e,t,i){let o=n("input",{type:"file",className:"visually-hidden",...t});o.addEventListener("change",()=>{let r=[...o.files];o.value="",r.length&&i(r)});let a=n("span",{className:"button",textContent:e});return n("label",{className:"picker"},o,a)}var h=class extends Error{};async function S(e,t,i=globalThis.fetch){let o;try{o=await i(e,t)}catch{throw new h("The dashboard did not answer. Check the connection, then try again.")}if(!o.ok)throw new h(await F(o));return o.status===204?null:o.json()}function m(e,t,i){let o=t!==void 0&&!(t instanceof FormData);return S(e,{method:"POST",headers:o?{"Content-Type":"application/json"}:{},body:o?JSON.stringify(t):t},i)}async function F(e){if(e.status===401)return"You are signed out. Sign in again in another tab, then try again.";try{let{detail:t,title:i,hint:o}=await e.json();return[t||i,o].filter(Boolean).join(" ")}catch{return`The dashboard answered ${e.status}.`}}function U(e){let{pathname:t,search:i}=new URL(e,"http://site");return t.startsWith("/emulator/")?t+i:e}async function L(e,t,{day:i,note:o},a=globalThis.fetch){let r={size:t.size,content_type:t.type,note:o};i&&(r.taken_on=i);let s=await m(`${e}/tickets`,r,a),l=new FormData;for(let[R,q]of Object.entries(s.fields))l.append(R,q);l.append("file",t);let y;try{y=await a(U(s.url),{method:"POST",body:l})}catch{throw new h("The storage did not answer. Check the connection, then try again.")}if(!y.ok)throw new h(`The storage answered ${y.status}. Try again.`);return m(`${e}/tickets/${s.upload_id}/complete`,void 0,a)}var g=class{node=n("form",{className:"root add"});#i;#e=n("input",{type:"date",name:"day"});#a=n("input",{type:"text",name:"note",maxLength:500,placeholder:"Front, 82 kg"});#t=n("p",{role:"status"});#r=n("ul",{role:"alert",className:"alert"});#n;constructor(){this.#n=f("Choose and add photos",{accept:"image/*",multiple:!0},i=>this.#s(i));let t=n("div",{className:"fields"},E("Day, if not the camera\u2019s",this.#e),E("Note",this.#a),this.#n);this.node.append(t,this.#t,this.#r),this.node.addEventListener("submit",i=>i.preventDefault())}update(t){this.#i=t,this.#e.max=t.data.today}remove(){}async#s(t){let{endpoint:i}=this.#i.data,o={day:this.#e.value,note:this.#a.value},a=[];this.#r.replaceChildren(),this.#n.inert=!0;for(let[r,s]of t.entries()){this.#t.textContent=t.length===1?"Sending\u2026":`Sending ${r+1} of ${t.length}\u2026`;try{await L(i,s,o)}catch(l){a.push(`${s.name}: ${l instanceof h?l.message:"This did not work. Try again."}`)}}this.#n.inert=!1,this.#o(t.length-a.length,a)}#o(t,i){this.#t.textContent=t?`${t} ${t===1?"photo was":"photos were"} added.`:"",this.#r.replaceChildren(...i.map(o=>n("li",{textContent:o}))),t&&(this.#e.value="",this.#a.value="",this.#i.setTriggerValue("changed",Date.now()))}};function E(e,t){return n("label",{},n("span",{textContent:e}),t)}function N(e,t){return{width:e,height:t,x:e/2,y:t/2,zoom:1}}function u({width:e,height:t,zoom:i}){return Math.min(e,t)/i}function c(e){let t=b(e.zoom,1,8),i=u({...e,zoom:t})/2;return{...e,zoom:t,x:b(e.x,i,e.width-i),y:b(e.y,i,e.height-i)}}function O(e,t,i,o){let a=u(e)/o;return c({...e,x:e.x-t*a,y:e.y-i*a})}function p(e,t){return c({...e,zoom:t})}var V={ArrowLeft:(e,t)=>c({...e,x:e.x-t}),ArrowRight:(e,t)=>c({...e,x:e.x+t}),ArrowUp:(e,t)=>c({...e,y:e.y-t}),ArrowDown:(e,t)=>c({...e,y:e.y+t}),"+":e=>p(e,e.zoom*1.1),"=":e=>p(e,e.zoom*1.1),"-":e=>p(e,e.zoom/1.1),0:e=>N(e.width,e.height)};function j(e,t){return V[t]?.(e,Math.min(e.width,e.height)*.02)??null}function M(e){let{width:t,height:i,x:o,y:a}=c(e),r=u(c(e));return[(o-r/2)/t,(a-r/2)/i,r/Math.min(t,i)].map(s=>b(s,0,1).toFixed(5)).join(",")}function b(e,t,i){return Math.min(Math.max(e,t),Math.max(t,i))}var _="image/jpeg,image/png,image/webp,image/gif,image/avif,image/heic,image/tiff",v=240,x=class{node=n("div",{className:"root avatar"});#i;#e=null;#a="";#t=null;#r=n("div",{className:"face"});#n=n("div",{className:"tools"});#s=n("img",{alt:"",draggable:!1});#o=n("div",{className:"frame",tabIndex:0,role:"group"});#d=n("input",{type:"range",min:1,max:8,step:.01,ariaLabel:"Zoom"});#l=n("p",{role:"status"});#h=n("p",{role:"alert",className:"alert"});constructor(){this.#o.setAttribute("aria-label","The part that is shown. Drag it, or use the arrow keys, plus and minus."),this.#o.append(this.#s),this.node.append(this.#r,this.#n,this.#l,this.#h),this.#k()}update(t){this.#i=t,this.#e||this.#u()}remove(){this.#p()}#u(){let{url:t,initial:i,note:o}=this.#i.data,a=n("span",{className:"now"},n("span",{textContent:i,ariaHidden:"true"}));t&&a.append(n("img",{src:t,alt:"Your picture"})),this.#r.replaceChildren(a);let r=f(t?"Choose another picture":"Choose a picture",{accept:_},([s])=>this.#v(s));this.#n.replaceChildren(r,...t?[d("Remove",()=>this.#b(),"quiet")]:[]),this.#l.textContent=o}#b(){let t=d("Keep it",()=>this.#u(),"quiet");this.#n.replaceChildren(d("Remove the picture",()=>this.#S()),t),this.#l.textContent="It is erased from the storage. You can choose a new one at any time.",t.focus()}#v(t){this.#p(),this.#h.textContent="",this.#e=t,this.#a=URL.createObjectURL(t),this.#s.onload=()=>this.#x(this.#s),this.#s.onerror=()=>this.#w(),this.#s.src=this.#a}#x({naturalWidth:t,naturalHeight:i}){this.#t=N(t,i),this.#r.replaceChildren(this.#o);let o=n("label",{className:"zoom"},n("span",{textContent:"Zoom"}),this.#d);this.#n.replaceChildren(o,...this.#f()),this.#l.textContent="Drag the picture, or use the arrow keys.",this.#m(),this.#o.focus()}#w(){this.#t=null,this.#r.replaceChildren(n("p",{className:"blind",textContent:"This browser can\u2019t show the format. The square in the middle is taken."})),this.#n.replaceChildren(...this.#f()),this.#l.textContent=""}#f(){return[d("Save picture",()=>this.#C(),"main"),d("Cancel",()=>this.#y(),"quiet")]}#y(){this.#p(),this.#u(),this.#h.textContent="",this.#n.querySelector("input")?.focus()}#m(){let t=this.#t,i=v/u(t);this.#d.value=t.zoom,Object.assign(this.#s.style,{width:`${t.width*i}px`,height:`${t.height*i}px`,transform:`translate(${v/2-t.x*i}px, ${v/2-t.y*i}px)`})}#c(t){t&&(this.#t=t,this.#m())}#k(){let t=null;this.#o.addEventListener("pointerdown",i=>{t=i,this.#o.setPointerCapture(i.pointerId)}),this.#o.addEventListener("pointermove",i=>{!t||!this.#t||(this.#c(O(this.#t,i.clientX-t.clientX,i.clientY-t.clientY,v)),t=i)});for(let i of["pointerup","pointercancel"])this.#o.addEventListener(i,()=>{t=null});this.#o.addEventListener("wheel",i=>{this.#t&&(i.preventDefault(),this.#c(p(this.#t,this.#t.zoom*Math.exp(-i.deltaY/500))))},{passive:!1}),this.#o.addEventListener("keydown",i=>{let o=this.#t&&!i.ctrlKey&&!i.metaKey&&!i.altKey?j(this.#t,i.key):null;o&&(i.preventDefault(),i.stopPropagation(),this.#c(o))}),this.#d.addEventListener("input",()=>this.#c(p(this.#t,Number(this.#d.value))))}async#C(){let t=new FormData;t.append("file",this.#e),this.#t&&t.append("crop",M(this.#t)),await this.#g("Saving, and asking the CDN for it",()=>m(this.#i.data.endpoint,t))}#S(){return this.#g("Removing",()=>S(this.#i.data.endpoint,{method:"DELETE"}))}async#g(t,i){this.#h.textContent="",this.#l.textContent=`${t}\u2026`;let o=[...this.#n.querySelectorAll("button, input")];for(let a of o)a.disabled=!0;try{await i(),this.#p(),this.#i.setTriggerValue("changed",Date.now())}catch(a){this.#h.textContent=a instanceof h?a.message:"This did not work. Try again.",this.#l.textContent=""}for(let a of o)a.disabled=!1}#p(){this.#a&&URL.revokeObjectURL(this.#a),this.#e=null,this.#a="",this.#t=null}};var w=class{node=n("div",{className:"root compare"});#i=n("div",{className:"stage"});#e=n("input",{type:"range",min:0,max:100,value:50,step:1});#a;#t=!1;#r="";constructor(){this.#e.addEventListener("input",()=>this.#o());for(let t of["pointerdown","pointermove"])this.#i.addEventListener(t,i=>this.#s(i));this.#a=d("",()=>this.#n(),"quiet"),this.node.append(this.#i,n("div",{className:"tools"},this.#e,this.#a))}update({data:t}){let i=JSON.stringify(t);i!==this.#r&&(this.#r=i,this.#i.replaceChildren(D(t.before,"before"),D(t.after,"after")),this.#e.setAttribute("aria-label",`How much of ${t.before.label} is shown beside ${t.after.label}`),this.#o())}remove(){}#n(){this.#t=!this.#t,this.#o()}#s(t){if(this.#t||!t.buttons)return;t.type==="pointerdown"&&this.#i.setPointerCapture(t.pointerId);let{left:i,width:o}=this.#i.getBoundingClientRect();this.#e.value=Math.round(100*(t.clientX-i)/o),this.#o()}#o(){this.#i.classList.toggle("beside",this.#t),this.#i.style.setProperty("--at",`${this.#e.value}%`),this.#e.hidden=this.#t,this.#e.setAttribute("aria-valuetext",`${this.#e.value} %`),this.#a.textContent=this.#t?"With a slider":"Side by side"}};function D({url:e,label:t},i){let o=n("img",{src:e,alt:`Photo of ${t}`,draggable:!1}),a=n("figcaption",{textContent:t}),r=n("figure",{className:i},o,a);return o.onerror=()=>o.replaceWith(n("p",{className:"gone",textContent:"This picture can\u2019t be shown. Reload the page; if it stays away, it is gone from the storage."})),r}var P=`p { margin: 0; }
[role='status'] { color: var(--muted); font-size: var(--small); min-height: 1.4em; }
.alert { color: var(--fail); font-size: var(--small); margin: 0; padding: 0; list-style: none; }
.alert:empty { display: none; }
.picker { display: inline-block; position: relative; }
.picker input:focus-visible + .button { outline: 2px solid var(--accent); outline-offset: 2px; }
input[type='range'] { accent-color: var(--accent); }

.avatar { display: grid; gap: 0.75rem; justify-items: start; padding: 2px; }
.tools { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; }
.now {
  display: grid; place-items: center; position: relative; overflow: hidden; width: 96px; height: 96px; border-radius: 50%;
  background: color-mix(in srgb, var(--accent) 16%, var(--page)); color: var(--accent); font-size: 2rem; font-weight: 600;
}
.now img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; }
.frame {
  position: relative; overflow: hidden; width: 240px; height: 240px; border-radius: var(--radius); background: var(--surface);
  cursor: grab; touch-action: none;
}
.frame:active { cursor: grabbing; }
.frame:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.frame img { position: absolute; top: 0; left: 0; max-width: none; transform-origin: 0 0; pointer-events: none; }
.frame::after { content: ''; position: absolute; inset: 0; border-radius: 50%; box-shadow: 0 0 0 240px rgb(0 0 0 / 45%), inset 0 0 0 2px #ffffff; pointer-events: none; }
.zoom { display: flex; gap: 0.5rem; align-items: center; flex-basis: 100%; font-size: var(--small); color: var(--muted); }
.zoom input { width: 11rem; }
.blind { max-width: 15rem; color: var(--muted); }

.fields { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; padding: 2px; }
.fields label:not(.picker) { display: grid; gap: 0.25rem; font-size: var(--small); color: var(--muted); }
.fields input:not([type='file']) {
  min-height: 2.125rem; padding: 0 0.6rem; font: inherit; color: var(--text); background: var(--page);
  border: 1px solid color-mix(in srgb, var(--text) 55%, var(--page)); border-radius: var(--radius);
}
.fields input::placeholder { color: var(--muted); opacity: 1; }
.fields input:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.add { display: grid; gap: 0.25rem; }

.compare { display: grid; gap: 0.5rem; }
.compare .tools { flex-wrap: nowrap; padding: 2px; }
.compare .tools input { flex: 1; }
.stage { --at: 50%; display: grid; position: relative; height: min(60vh, 34rem); overflow: hidden; touch-action: pan-y; border-radius: var(--radius); background: var(--surface); }
figure { grid-area: 1 / 1; position: relative; margin: 0; min-width: 0; min-height: 0; overflow: hidden; background: var(--surface); }
figure img { width: 100%; height: 100%; object-fit: contain; display: block; }
.before { clip-path: inset(0 calc(100% - var(--at)) 0 0); z-index: 1; }
.stage:not(.beside)::after {
  content: ''; position: absolute; z-index: 2; top: 0; bottom: 0; left: var(--at); width: 2px; margin-left: -1px; background: #ffffff;
  box-shadow: 0 0 0 1px rgb(0 0 0 / 35%);
}
figcaption { position: absolute; bottom: 0.5rem; padding: 0 0.5em; border-radius: 6px; font-size: var(--small); color: #ffffff; background: rgb(0 0 0 / 72%); }
.before figcaption { left: 0.5rem; }
.after figcaption { right: 0.5rem; }
.stage:not(.beside) { cursor: ew-resize; }
.beside { grid-template-columns: 1fr 1fr; gap: 2px; }
.beside figure { grid-area: auto; clip-path: none; }
.beside .after figcaption { right: auto; left: 0.5rem; }
.gone { padding: 2rem; color: var(--muted); text-align: center; }
`;var Z={add:g,avatar:x,compare:w},z=new WeakMap;function gt(e){let{parentElement:t,data:i}=e,o=z.get(t)??X(t,i.mode);return o.component=e,$(o.view.node),o.view.update(e),()=>{o.component===e&&(z.delete(t),o.view.remove(),o.view.node.remove())}}function X(e,t){let i={view:new Z[t]};return z.set(e,i),C(e,T),C(e,P),e.append(i.view.node),i}export{gt as mount};
