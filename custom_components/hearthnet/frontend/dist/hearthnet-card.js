/*! HearthNet, Apache-2.0. Contains Lit by Google LLC, BSD-3-Clause: licenses.txt */
var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=/* @__PURE__ */ new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:ee,getOwnPropertySymbols:te,getPrototypeOf:ne}=Object,f=globalThis,re=f.trustedTypes,ie=re?re.emptyScript:``,ae=f.reactiveElementPolyfillSupport,p=(e,t)=>e,m={toAttribute(e,t){switch(t){case Boolean:e=e?ie:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},h=(e,t)=>!l(e,t),oe={attribute:!0,type:String,converter:m,reflect:!1,useDefault:!1,hasChanged:h};Symbol.metadata??=Symbol(`metadata`),f.litPropertyMetadata??=/* @__PURE__ */ new WeakMap;var g=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=oe){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??oe}static _$Ei(){if(this.hasOwnProperty(p(`elementProperties`)))return;let e=ne(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(p(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(p(`properties`))){let e=this.properties,t=[...ee(e),...te(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=/* @__PURE__ */ new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=/* @__PURE__ */ new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=/* @__PURE__ */ new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=/* @__PURE__ */ new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?m:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?m:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??h)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=/* @__PURE__ */ new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=/* @__PURE__ */ new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=/* @__PURE__ */ new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};g.elementStyles=[],g.shadowRootOptions={mode:`open`},g[p(`elementProperties`)]=/* @__PURE__ */ new Map,g[p(`finalized`)]=/* @__PURE__ */ new Map,ae?.({ReactiveElement:g}),(f.reactiveElementVersions??=[]).push(`2.1.2`);var _=globalThis,se=e=>e,v=_.trustedTypes,ce=v?v.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,le=`$lit$`,y=`lit$${Math.random().toFixed(9).slice(2)}$`,ue=`?`+y,de=`<${ue}>`,b=document,x=()=>b.createComment(``),S=e=>e===null||typeof e!=`object`&&typeof e!=`function`,fe=Array.isArray,pe=e=>fe(e)||typeof e?.[Symbol.iterator]==`function`,me=`[ 	
\f\r]`,C=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,he=/-->/g,ge=/>/g,w=RegExp(`>|${me}(?:([^\\s"'>=/]+)(${me}*=${me}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),_e=/'/g,ve=/"/g,ye=/^(?:script|style|textarea|title)$/i,be=e=>(t,...n)=>({_$litType$:e,strings:t,values:n}),T=be(1),xe=be(2),E=Symbol.for(`lit-noChange`),D=Symbol.for(`lit-nothing`),Se=/* @__PURE__ */ new WeakMap,O=b.createTreeWalker(b,129);function Ce(e,t){if(!fe(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return ce===void 0?t:ce.createHTML(t)}var we=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=C;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===C?c[1]===`!--`?o=he:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=w):(ye.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=w):o=ge:o===w?c[0]===`>`?(o=i??C,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?w:c[3]===`"`?ve:_e):o===ve||o===_e?o=w:o===he||o===ge?o=C:(o=w,i=void 0);let d=o===w&&e[t+1].startsWith(`/>`)?` `:``;a+=o===C?n+de:l>=0?(r.push(s),n.slice(0,l)+le+n.slice(l)+y+d):n+y+(l===-2?t:d)}return[Ce(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},k=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=we(t,n);if(this.el=e.createElement(l,r),O.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=O.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(le)){let t=u[o++],n=i.getAttribute(e).split(y),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Ee:r[1]===`?`?De:r[1]===`@`?Oe:M}),i.removeAttribute(e)}else e.startsWith(y)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(ye.test(i.tagName)){let e=i.textContent.split(y),t=e.length-1;if(t>0){i.textContent=v?v.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],x()),O.nextNode(),c.push({type:2,index:++a});i.append(e[t],x())}}}else if(i.nodeType===8){if(i.data===ue)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(y,e+1))!==-1;)c.push({type:7,index:a}),e+=y.length-1}}a++}}static createElement(e,t){let n=b.createElement(`template`);return n.innerHTML=e,n}};function A(e,t,n=e,r){if(t===E)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=S(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=A(e,i._$AS(e,t.values),i,r)),t}var Te=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??b).importNode(t,!0);O.currentNode=r;let i=O.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new j(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new ke(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=O.nextNode(),a++)}return O.currentNode=b,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},j=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=D,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=A(this,e,t),S(e)?e===D||e==null||e===``?(this._$AH!==D&&this._$AR(),this._$AH=D):e!==this._$AH&&e!==E&&this._(e):e._$litType$===void 0?e.nodeType===void 0?pe(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==D&&S(this._$AH)?this._$AA.nextSibling.data=e:this.T(b.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=k.createElement(Ce(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Te(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Se.get(e.strings);return t===void 0&&Se.set(e.strings,t=new k(e)),t}k(t){fe(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(x()),this.O(x()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=se(e).nextSibling;se(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},M=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=D,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(/* @__PURE__ */ new String),this.strings=n):this._$AH=D}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=A(this,e,t,0),a=!S(e)||e!==this._$AH&&e!==E,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=A(this,r[n+o],t,o),s===E&&(s=this._$AH[o]),a||=!S(s)||s!==this._$AH[o],s===D?e=D:e!==D&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===D?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Ee=class extends M{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===D?void 0:e}},De=class extends M{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==D)}},Oe=class extends M{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=A(this,e,t,0)??D)===E)return;let n=this._$AH,r=e===D&&n!==D||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==D&&(n===D||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ke=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){A(this,e)}},Ae=_.litHtmlPolyfillSupport;Ae?.(k,j),(_.litHtmlVersions??=[]).push(`3.3.3`);var je=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new j(t.insertBefore(x(),e),e,void 0,n??{})}return i._$AI(e),i},N=globalThis,P=class extends g{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=je(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return E}};P._$litElement$=!0,P.finalized=!0,N.litElementHydrateSupport?.({LitElement:P});var Me=N.litElementPolyfillSupport;Me?.({LitElement:P}),(N.litElementVersions??=[]).push(`4.2.2`);var Ne={attribute:!0,type:String,converter:m,reflect:!1,hasChanged:h},Pe=(e=Ne,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=/* @__PURE__ */ new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function F(e){return(t,n)=>typeof n==`object`?Pe(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function I(e){return F({...e,state:!0,attribute:!1})}var Fe=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function Ie(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Fe(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Fe(n,r,{get(){return a(this)}})}}function Le(e,t,n=420){let r=e.replace(/\uE000/g,``).replace(/\[\d{1,2}(?:\s*,\s*\d{1,2})*\]/g,``).replace(/\*\*|`|^#{1,6}\s+/gm,``).replace(/^[ \t]*[-*•][ \t]+/gm,``).replace(/\s+/g,` `).replace(/ ([.,;:!?])/g,`$1`).trim(),i=[...r.matchAll(/[.!?…](?= |$)/g)].map(e=>(e.index??0)+1),a=i.length>t?r.slice(0,i[t-1]):r;return a.length>n?`${a.slice(0,n-1).replace(/\s+\S*$/,``)}…`:a}var Re={1:`connection_lost`,3:`connection_lost`};function L(e){if(typeof e==`number`)return{code:Re[e]??`unknown`,message:``};if(typeof e==`object`&&e){let{code:t,error:n,message:r}=e,i=typeof n==`string`?n:typeof t==`string`?t:``;return{code:(typeof t==`number`?Re[t]:void 0)??(i.slice(0,64)||`unknown`),message:typeof r==`string`?r.slice(0,500):``}}return{code:`unknown`,message:``}}var ze=e=>e?{entry_id:e}:{},Be={resubscribe:!1},Ve=e=>e.sendMessagePromise({type:`hearthnet/nodes`}),He=(e,t,n)=>e.subscribeMessage(n,{type:`hearthnet/subscribe`,...ze(t)},Be),Ue=(e,t,n,r)=>e.subscribeMessage(r,{type:`hearthnet/ask`,...ze(t),...n},Be);function R(e){try{Promise.resolve(e()).catch(()=>void 0)}catch{}}var We=6e3,z=e=>typeof e==`object`&&e&&!Array.isArray(e)?e:{},B=(e,t=200)=>typeof e==`string`?e.slice(0,t):``,V=(e,t=0)=>typeof e==`number`&&Number.isFinite(e)?e:t,H=e=>e===!0;function U(e,t,n){return Array.isArray(e)?e.slice(0,t).map(e=>n(z(e))):[]}var Ge=(e,t)=>Array.isArray(e)?e.slice(0,t).map(e=>B(e)).filter(Boolean):[],W=(e,t,n)=>t.includes(e)?e:n,Ke=e=>({capability:B(e.capability),version:B(e.version),provider:B(e.provider),models:Ge(e.models,20),available:H(e.available),reason:B(e.reason,400),load:V(e.load),internet:H(e.internet)}),qe=e=>({node_id:B(e.node_id),short:B(e.short),name:B(e.name)||B(e.short),member_id:B(e.member_id),member_name:B(e.member_name)||B(e.name),role:B(e.role),home:H(e.home),connected:H(e.connected),latency_ms:typeof e.latency_ms==`number`?V(e.latency_ms):null,address:B(e.address),version:B(e.version),since:V(e.since),capabilities:U(e.capabilities,40,Ke)}),Je=e=>({id:B(e.id),title:B(e.title),body:B(e.body,2e3),severity:W(e.severity,[`info`,`warning`,`urgent`],`info`),author_node:B(e.author_node),author_name:B(e.author_name),member_id:B(e.member_id),at:V(e.at),expires:V(e.expires),late:H(e.late)}),Ye=e=>(Array.isArray(e)?e.slice(0,20):[]).map(e=>{let t=z(e),n=B(e)||B(t.member_id)||B(t.id);return{member_id:n,name:B(t.name)||B(t.short)||(n.slice(0,12).match(/.{1,4}/g)??[]).join(`-`)}}).filter(e=>e.member_id);function Xe(e){if(typeof e!=`object`||!e)return null;let t=z(e),n=z(t.node),r=z(t.member),i=z(t.community),a=z(t.connectivity),o=z(t.mode),s=z(t.library),c=t.last_answer?z(t.last_answer):null;return{node:{id:B(n.id),short:B(n.short),name:B(n.name),version:B(n.version),address:B(n.address),started:V(n.started),warnings:Ge(n.warnings,8)},member:{id:B(r.id),short:B(r.short),name:B(r.name),role:B(r.role)},community:{id:B(i.id),short:B(i.short),name:B(i.name),members:V(i.members,1),alone:H(i.alone),readmit:Ye(i.readmit)},privacy:B(t.privacy),privacy_chosen:H(t.privacy_chosen),connectivity:{state:W(a.state,[`online`,`degraded`,`offline`,`isolated`,`unknown`],`unknown`),cause:B(a.cause),since:V(a.since),internet:H(a.internet),mesh:H(a.mesh)},mode:{mode:W(o.mode,[`normal`,`emergency`,`drill`],`normal`),since:V(o.since),by:B(o.by),reason:B(o.reason,400)},peers:U(t.peers,200,qe),capabilities:U(t.capabilities,40,Ke),last_answer:c&&{node_id:B(c.node_id),node_name:B(c.node_name),at:V(c.at),model:B(c.model)},engines:U(t.engines,12,e=>({name:B(e.name),url:B(e.url),available:H(e.available),reason:B(e.reason,400)})),library:{documents:V(s.documents),chunks:V(s.chunks),pictures:V(s.pictures),model:B(s.model),indexing:s.indexing?{done:V(z(s.indexing).done),total:V(z(s.indexing).total)}:null},notices:U(t.notices,20,Je),next_step:W(t.next_step,[`none`,`invite`,`choose_privacy`,`add_model`,`check_network`],`none`)}}var Ze=e=>U(e,20,e=>({rank:V(e.rank),score:V(e.score),text:B(e.text,We),doc_title:B(e.doc_title),doc_cid:B(e.doc_cid),chunk_id:B(e.chunk_id),node_id:B(e.node_id),node_name:B(e.node_name),corpus:B(e.corpus),language:B(e.language),licence:B(e.licence),page:typeof e.page==`number`?V(e.page):null})),Qe=e=>U(e,50,e=>({node_id:B(e.node_id),name:B(e.name),count:V(e.count),error:B(e.error,400)})),$e=e=>({name:B(e.name),value:V(e.value),weight:V(e.weight),why:B(e.why,300)}),et=e=>U(e,50,e=>({node_id:B(e.node_id),node_name:B(e.node_name),provider:B(e.provider),model:B(e.model),score:V(e.score),allowed:H(e.allowed),excluded:B(e.excluded,300),terms:U(e.terms,20,$e)})),tt=[`running`,`done`,`failed`,`needs_confirmation`,`refused`],nt=[`title`,`name`,`body`];function rt(e){let t=z(e);return{n:V(t.n),tool:B(t.tool,64),arguments:Object.entries(z(t.arguments)).sort(([e],[t])=>it(e)-it(t)).slice(0,8).map(([e,t])=>[e.slice(0,64),typeof t==`string`?t.slice(0,2e3):(JSON.stringify(t)??``).slice(0,2e3)]),state:tt.find(e=>e===t.state)??`running`,summary:B(t.summary,500),tainted:H(t.tainted),confirmId:B(t.confirm_id,64)}}var it=e=>(nt.indexOf(e)+nt.length+1)%(nt.length+1);function at(e,t){return e.some(e=>e.n===t.n)?e.map(e=>e.n===t.n?t:e):[...e,t].slice(-12)}var G=48e3,ot=(e,t,n,r={})=>({id:e,question:t,asked:n,pictures:r.pictures??[],spoken:r.spoken??!1,steps:[],method:``,confidence:null,traceId:``,opinion:``,status:`asking`,step:``,text:``,truncated:!1,sources:[],searched:[],candidates:[],attempts:[],answeredBy:null,grounded:null,durationMs:null,receipts:{valid:0,all:0},failure:null}),K=e=>e.status===`asking`||e.status===`answering`;function st(e,t,n){if(!K(e))return e;let r=t,i=e.attempts.map(e=>e.outcome===`waiting`||e.outcome===`answering`?{...e,outcome:r,message:e.message||(n?.message??``)}:e);return{...e,status:t,failure:n,attempts:i,step:``}}function ct(e,{event:t,data:n}){if(!K(e))return e;let r=z(n);switch(t){case`progress`:{let t=r.step;return t===`searching`||t===`asking`||t===`queued`?{...e,step:t}:e}case`sources`:return{...e,sources:Ze(r.sources),searched:Qe(r.searched),method:B(r.method,40)||e.method};case`step`:return{...e,steps:at(e.steps,rt(r))};case`route`:return{...e,candidates:et(r.candidates)};case`attempt`:return{...e,attempts:lt(e,r)};case`delta`:return dt(e,typeof r.text==`string`?r.text:``);case`attempt_failed`:return{...e,attempts:ft(e.attempts,r)};case`done`:return pt(e,r);case`error`:return st(e,`failed`,L(r));default:return e}}function lt(e,t){let n={n:V(t.n,e.attempts.length+1),node_id:B(t.node_id),node_name:B(t.node_name),provider:B(t.provider),model:B(t.model),continues:H(t.continues),outcome:`waiting`,message:``,after_sentences:0,first_chunk_ms:null,offset:e.text.length},r=e.attempts[e.attempts.length-1];if(!r||H(t.hedge)||r.outcome!==`waiting`&&r.outcome!==`answering`)return[...e.attempts,n].slice(-12);let i=e.attempts.slice(0,-1);return ut(r,n)?[...i,{...n,continues:r.continues,offset:r.offset}]:[...i,{...r,outcome:`ok`},n].slice(-12)}var ut=(e,t)=>e.node_id===t.node_id&&e.provider===t.provider&&e.model===t.model;function dt(e,t){if(!t)return e;let n=e.text+t,r=e.attempts[e.attempts.length-1],i=r?.outcome===`waiting`?[...e.attempts.slice(0,-1),{...r,outcome:`answering`}]:e.attempts;return{...e,status:`answering`,step:``,text:n.slice(0,G),truncated:e.truncated||n.length>48e3,attempts:i}}function ft(e,t){let n=V(t.n);return e.map(e=>e.n===n?{...e,outcome:`failed`,message:B(t.message,500),after_sentences:V(t.after_sentences)}:e)}function pt(e,t){let n=z(t.trace),r=z(t.answered_by),i=typeof t.text==`string`&&t.text?t.text:e.text,a=U(t.receipts,12,e=>H(e.valid)),o=Ze(t.sources),s=et(n.candidates);return{...e,status:`done`,step:``,text:i.slice(0,G),truncated:i.length>G,sources:o.length?o:e.sources,candidates:s.length?s:e.candidates,attempts:ht(e.attempts,n.attempts),answeredBy:r.node_id?{node_id:B(r.node_id),node_name:B(r.node_name),provider:B(r.provider),model:B(r.model),home:H(r.home)}:null,traceId:B(n.id,64),confidence:mt(t.confidence),grounded:typeof t.grounded==`boolean`?t.grounded:null,durationMs:typeof n.duration_ms==`number`?V(n.duration_ms):null,receipts:{valid:a.filter(Boolean).length,all:a.length}}}function mt(e){let t=z(e),n=V(t.level);return n>0&&n<1?{level:n,n:V(t.n)}:null}function ht(e,t){let n=U(t,12,e=>e),r=new Map(n.map(e=>[V(e.n),e])),i=n.find(e=>e.outcome===`ok`&&e.node_id),a=i&&[...e].reverse().find(e=>e.node_id===i.node_id&&e.provider===B(i.provider)),o=a?a.n-V(i.n):0,s=e.map(e=>{let t=r.get(e.n-o)??{},n=t.outcome;return{...e,outcome:n===`ok`||n===`failed`||n===`cancelled`?n:e.outcome===`failed`?`failed`:`ok`,message:e.message||B(t.message,500),first_chunk_ms:typeof t.first_chunk_ms==`number`?V(t.first_chunk_ms):e.first_chunk_ms}});return s.filter((e,t)=>e.outcome!==`ok`||r.has(e.n-o)||!s.slice(t+1).some(t=>ut(e,t)))}var gt=4e3,_t=2e3,vt=15e4,yt=class{constructor(e=30,t=null){this.limit=e,this.store=t,this.draft=``,this.watchers=/* @__PURE__ */ new Set,this.unsubscribe=null,this.connection=null,this.run=0,this.count=0,this.conversation=bt(),this.onDisconnected=()=>{this.unsubscribe=null,this.end(`failed`,{code:`connection_lost`,message:``})},this.turns=(t?.load()??[]).slice(-e)}get latest(){return this.turns[this.turns.length-1]}get busy(){return this.latest!==void 0&&K(this.latest)}watch(e){return this.watchers.add(e),()=>this.watchers.delete(e)}async ask(e,t,n={}){let r=t.trim().slice(0,gt);if(!r)return;this.cancel();let i=++this.run,a=this.history();this.count+=1;let o=ot(`${this.conversation}-${this.count}`,r,Date.now(),{pictures:n.pictures?.map(e=>e.url)??[],spoken:n.spoken??!1}),s=n.pictures?.map(e=>e.data)??[];this.turns=[...this.turns,o].slice(-this.limit),this.connection=e.connection,e.connection.addEventListener(`disconnected`,this.onDisconnected),this.expectNews(),this.changed();try{let t=await Ue(e.connection,e.entryId,{question:r,language:e.language,conversation:this.conversation,history:a,...s.length?{images:s}:{},...n.agent?{agent:!0}:{}},e=>{i===this.run&&(this.expectNews(),this.replace(ct(this.current(o),e)))});i!==this.run||!this.busy?R(t):this.unsubscribe=t}catch(e){i===this.run&&this.end(`failed`,L(e))}}cancel(){this.busy&&this.end(`cancelled`,null)}async retry(e,t){!K(t)&&!t.text&&(this.turns=this.turns.filter(e=>e.id!==t.id)),await this.ask(e,t.question)}judge(e,t){this.turns=this.turns.map(n=>n.id===e.id?{...n,opinion:t}:n),this.changed(),this.store?.save(this.turns)}clear(){this.cancel(),this.turns=[],this.conversation=bt(),this.changed(),this.store?.save([])}history(){return this.turns.filter(e=>e.status===`done`&&e.text).slice(-3).flatMap(e=>[{role:`user`,content:e.question.slice(0,_t)},{role:`assistant`,content:e.text.slice(0,_t)}])}current(e){return this.turns.find(t=>t.id===e.id)??e}replace(e){this.turns=this.turns.map(t=>t.id===e.id?e:t),K(e)||this.settle(),this.changed()}end(e,t){let n=this.latest;n&&this.replace(st(n,e,t))}settle(){this.run+=1,clearTimeout(this.timer),this.connection?.removeEventListener(`disconnected`,this.onDisconnected),this.connection=null;let e=this.unsubscribe;this.unsubscribe=null,e&&R(e),this.store?.save(this.turns)}expectNews(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.end(`failed`,{code:`silence`,message:``}),vt)}changed(){for(let e of[...this.watchers])e()}};function bt(){let e=crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(9));return Array.from(e,e=>e.toString(16).padStart(2,`0`)).join(``)}function xt(e,t){customElements.get(e)||customElements.define(e,t)}var q=e=>T`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${xe`<path d=${e}></path>`}</svg>`,St=`M12.6 1.8c.5 3.2 2.3 4.7 3.8 6.6 1.3 1.6 2.3 3.3 2.3 5.6a6.7 6.7 0 0 1-13.4 0c0-2.5 1.1-4.3 2.6-5.9.2 1.5.8 2.5 1.7 3.1-.2-3.7.7-7 3-9.4zM12.2 12.3c-1.5 1.2-2.5 2.4-2.5 4.1a2.350 2.350 0 0 0 4.7 0c0-1.7-1-2.9-2.2-4.1z`,Ct=()=>q(St),wt=()=>q(`M11 20V7.8l-5.2 5.2L4.4 11.6 12 4l7.6 7.6-1.4 1.4L13 7.8V20z`),Tt=()=>q(`M7 7h10v10H7z`),Et=()=>q(`M12 5V1L7 6l5 5V7a5 5 0 1 1-4.9 6H5.1A7 7 0 1 0 12 5z`),Dt=()=>q(`M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z`),Ot=()=>q(`M12 3 1.5 21h21L12 3zm0 4 7 12H5l7-12zm-1 4v4h2v-4h-2zm0 5v2h2v-2h-2z`),kt=()=>q(`M2.8 4.2 1.4 5.6l4.3 4.3A7 7 0 0 0 5 13v1l3 3v4h8v-2.6l3.4 3.4 1.4-1.4zM9 3v3h2V3zm4 0v5.2l5 5V11a2 2 0 0 0-2-2V3z`),At=o`
  :host {
    --hn-ember: var(--warning-color);
    --hn-ember-ink: var(--primary-text-color);
    --hn-paper: var(--primary-background-color);
    --hn-card: var(--card-background-color);
    --hn-wash: var(--secondary-background-color);
    --hn-chip: var(--secondary-background-color);
    --hn-glow: transparent;
    --hn-bad: var(--error-color);
    --hn-bad-wash: var(--secondary-background-color);
    --hn-line: var(--divider-color);
    --hn-ink: var(--primary-text-color);
    --hn-soft: var(--secondary-text-color);
    --hn-radius: 22px;
    --hn-serif: ui-serif, "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif", "DejaVu Serif", serif;
    --hn-sans: var(--ha-font-family-body, Roboto, "Noto Sans", system-ui, sans-serif);
    font-family: var(--hn-sans);
    font-size: 1rem;
    color: var(--hn-ink);
    -webkit-tap-highlight-color: transparent;
  }
  @supports (color: color-mix(in oklab, red, blue)) {
    :host {
      --hn-ember: color-mix(in oklab, var(--warning-color) 68%, var(--error-color));
      --hn-ember-ink: color-mix(in oklab, var(--hn-ember) 48%, var(--primary-text-color));
      --hn-paper: color-mix(in oklab, var(--primary-background-color) 95%, var(--hn-ember));
      --hn-card: color-mix(in oklab, var(--card-background-color) 97%, var(--hn-ember));
      --hn-wash: color-mix(in oklab, var(--card-background-color) 88%, var(--hn-ember));
      --hn-chip: color-mix(in oklab, var(--card-background-color) 74%, var(--hn-ember));
      --hn-glow: color-mix(in srgb, var(--hn-ember) 26%, transparent);
      --hn-bad: color-mix(in oklab, var(--error-color) 74%, var(--primary-text-color));
      --hn-bad-wash: color-mix(in oklab, var(--card-background-color) 86%, var(--error-color));
      --hn-line: color-mix(in oklab, var(--divider-color) 80%, var(--hn-ember));
      --hn-soft: color-mix(in oklab, var(--secondary-text-color) 72%, var(--primary-text-color));
    }
  }
`,jt=o`
  * {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ol,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ol,
  ul {
    list-style: none;
  }
  button,
  input,
  textarea,
  select {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    min-block-size: 48px;
    min-inline-size: 48px;
    border: 0;
    background: none;
    padding: 0;
    cursor: pointer;
    text-align: start;
    touch-action: manipulation;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 3px solid var(--hn-ember-ink);
    outline-offset: 2px;
  }
  .primary,
  .quiet {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    min-block-size: 52px;
    padding-inline: 24px;
    border-radius: 26px;
    font-size: 1.05rem;
    font-weight: 600;
    text-align: center;
  }
  .primary {
    background: var(--hn-ember-ink);
    color: var(--card-background-color);
  }
  .quiet {
    background: var(--hn-wash);
    color: var(--hn-ember-ink);
  }
  .plain {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    padding-inline: 14px;
    border-radius: 24px;
    color: var(--hn-ember-ink);
    font-weight: 600;
  }
  .bad {
    color: var(--hn-bad);
  }
  .primary.danger {
    background: var(--hn-bad);
  }
  .label {
    font-size: 0.95rem;
    font-weight: 600;
    color: var(--hn-soft);
  }
  .card {
    background: var(--hn-card);
    border-radius: var(--hn-radius);
    padding: 22px 24px;
  }
  h2 {
    font-family: var(--hn-serif);
    font-weight: 500;
    font-size: 1.45rem;
    line-height: 1.25;
    letter-spacing: -0.005em;
  }
  svg.icon {
    inline-size: 24px;
    block-size: 24px;
    fill: currentColor;
    flex: none;
  }
  .field {
    display: block;
    inline-size: 100%;
    min-block-size: 52px;
    padding: 13px 18px;
    border-radius: 18px;
    border: 2px solid var(--hn-line);
    background: var(--hn-paper);
    font-size: 1.1rem;
  }
  .field:focus {
    border-color: var(--hn-ember);
  }
  ::placeholder {
    color: var(--hn-soft);
    opacity: 1;
  }
  .failure {
    color: var(--hn-bad);
    line-height: 1.45;
  }
  .failure strong {
    display: block;
  }
  .sr {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`;o`
  dialog {
    position: fixed;
    border: 0;
    padding: 0;
    margin: auto;
    inline-size: min(680px, calc(100vw - 24px));
    max-block-size: calc(100vh - 24px);
    border-radius: 28px;
    background: var(--hn-card);
    color: var(--hn-ink);
    overflow: auto;
    overscroll-behavior: contain;
  }
  dialog::backdrop {
    background: var(--primary-background-color);
    opacity: 0.82;
  }
  .sheet {
    display: grid;
    gap: 20px;
    padding: 28px;
  }
  .sheet > header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  .sheet p {
    line-height: 1.45;
  }
  .sheet h2 {
    font-size: 1.7rem;
    overflow-wrap: anywhere;
  }
  .choices {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
    gap: 14px;
  }
  .choice {
    display: grid;
    gap: 6px;
    align-content: start;
    padding: 22px;
    border-radius: 20px;
    background: var(--hn-wash);
    line-height: 1.4;
  }
  .choice strong {
    font-family: var(--hn-serif);
    font-size: 1.3rem;
    font-weight: 500;
    color: var(--hn-ember-ink);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    justify-content: flex-end;
  }
  .words {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    gap: 10px;
  }
  .words li {
    padding: 12px 14px;
    border-radius: 14px;
    background: var(--hn-wash);
    font-family: var(--hn-serif);
    font-size: 1.35rem;
    text-align: center;
    overflow-wrap: anywhere;
  }
  @media (max-width: 520px) {
    .sheet {
      padding: 20px;
      gap: 16px;
    }
  }
`;function J(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var Mt,Y=class extends P{constructor(...e){super(...e),this.value=``,this.busy=!1,this.blocked=``,this.note=``,this.hint=``}focus(){this.input?.focus()}render(){let{words:e}=this;return T`<form data-test="ask-form" class=${this.busy?`busy`:``} @submit=${this.submit}>
        <slot name="start"></slot>
        <textarea
          data-test="ask-input"
          rows="1"
          maxlength=${gt}
          enterkeyhint="send"
          autocomplete="off"
          dir="auto"
          aria-label=${e.t(`panel.ask.label`)}
          placeholder=${this.hint||e.t(`panel.ask.placeholder`)}
          .value=${this.value}
          @input=${this.typed}
          @keydown=${this.pressed}
        ></textarea>
        ${this.busy?T`<button type="button" class="go" data-test="ask-cancel" @click=${this.stop}>
              ${Tt()}<span>${e.t(`panel.ask.cancel`)}</span>
            </button>`:T`<button type="submit" class="go" data-test="ask-submit" ?disabled=${!!this.blocked||!this.value.trim()}>
              ${wt()}<span>${e.t(`panel.ask.submit`)}</span>
            </button>`}
      </form>
      ${this.blocked||this.note?T`<p class="note" data-test="ask-note">${this.blocked||this.note}</p>`:D}`}updated(e){e.has(`value`)&&this.grow()}typed(){this.value=this.input.value,this.dispatchEvent(new CustomEvent(`draft`,{detail:this.value}))}pressed(e){e.key!==`Enter`||e.shiftKey||e.isComposing||(e.preventDefault(),this.submit(e))}submit(e){e.preventDefault();let t=this.value.trim();!t||this.blocked||this.busy||this.dispatchEvent(new CustomEvent(`ask`,{detail:t}))}stop(){this.dispatchEvent(new CustomEvent(`stop`))}grow(){this.input.style.blockSize=`auto`,this.input.style.blockSize=`${Math.min(this.input.scrollHeight,160)}px`}};Mt=Y,Mt.styles=[At,jt,o`
      :host {
        display: block;
        container-type: inline-size;
      }
      form {
        display: flex;
        align-items: flex-end;
        gap: 0;
        padding: 7px;
        border-radius: 36px;
        background: var(--hn-card);
        border: 2px solid var(--hn-line);
        transition:
          border-color 0.2s ease,
          box-shadow 0.2s ease;
      }
      form:focus-within,
      form.busy {
        border-color: var(--hn-ember);
        box-shadow: 0 0 0 6px var(--hn-glow);
      }
      textarea {
        flex: 1;
        inline-size: 0;
        min-inline-size: 0;
        min-block-size: 54px;
        padding: 13px 10px;
        border: 0;
        background: none;
        resize: none;
        font-family: var(--hn-serif);
        font-size: 1.28rem;
        line-height: 1.35;
        outline: none;
      }
      .go {
        flex: none;
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: 8px;
        min-block-size: 54px;
        min-inline-size: 54px;
        padding-inline: 22px;
        border-radius: 27px;
        background: var(--hn-ember-ink);
        color: var(--card-background-color);
        font-weight: 600;
        font-size: 1.08rem;
      }
      .go:disabled {
        opacity: 1;
        background: var(--hn-wash);
        color: var(--hn-soft);
      }
      .note {
        margin-block-start: 8px;
        text-align: center;
        color: var(--hn-soft);
        line-height: 1.3;
      }
      @container (max-width: 560px) {
        textarea {
          padding-inline: 4px;
          margin-inline-start: 4px;
          font-size: 1.15rem;
        }
        .go {
          padding-inline: 0;
        }
        .go span {
          position: absolute;
          inline-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
      }
    `],J([F({attribute:!1})],Y.prototype,`words`,void 0),J([F({attribute:!1})],Y.prototype,`value`,void 0),J([F({type:Boolean})],Y.prototype,`busy`,void 0),J([F({attribute:!1})],Y.prototype,`blocked`,void 0),J([F({attribute:!1})],Y.prototype,`note`,void 0),J([F({attribute:!1})],Y.prototype,`hint`,void 0),J([Ie(`textarea`)],Y.prototype,`input`,void 0),xt(`hearthnet-ask-box`,Y);var Nt=/* @__PURE__ */ new Set([`captive_portal`,`dns`,`gateway`,`no_route`]);function Pt(e){let{state:t,seen:n}=e;if(!e.connected)return X(`ha`,t&&n?`ha`:`ha_never`,n);if(e.phase===`live`&&!e.online)return X(`node`,t?n?`node`:`node_undated`:`node_never`,n,e.failure?.message);if(!t||e.phase!==`live`)return null;let r=t.mode.since*1e3;if(t.mode.mode===`emergency`)return X(`emergency`,`emergency`,r,t.mode.reason);if(t.mode.mode===`drill`)return X(`drill`,`drill`,r,t.mode.reason);let{connectivity:i}=t,a=Nt.has(i.cause)?i.cause:``;return i.state===`isolated`?X(`isolated`,`isolated`,i.since*1e3,``,a):i.state===`offline`?X(`offline`,t.peers.some(e=>e.connected)?`offline`:`offline_alone`,i.since*1e3,``,a):null}var X=(e,t,n,r=``,i=``)=>({kind:e,key:t,when:n,detail:r,cause:i});function Ft(e,t){let n=t.named(`panel.error`,e.code)??t.named(`panel.error`,`unknown`);return T`<p class="failure" role="alert" data-test="error">
    <strong>${n}</strong>${e.message&&e.message!==n?T`<span>${e.message}</span>`:D}
  </p>`}var It=[1e3,2e3,5e3,1e4,3e4],Lt=15e3,Rt=6e5,zt=class{constructor(e,t,n){this.connection=e,this.wanted=t,this.seen=n,this.watchers=/* @__PURE__ */ new Set,this.unsubscribe=null,this.run=0,this.failures=0,this.written=0,this.onReady=()=>{this.failures=0,this.update({connected:!0}),this.renew()},this.onDisconnected=()=>{this.unsubscribe=null,this.drop(),this.update({connected:!1})},this.snapshot={phase:`loading`,connected:e.connected!==!1,online:!1,state:null,seen:null,failure:null,admin:!1,bundle:``,nodes:[],entryId:t}}watch(e){this.watchers.add(e),this.watchers.size===1&&this.start();let t=!0;return()=>{t&&(t=!1,this.watchers.delete(e),this.watchers.size===0&&this.stop())}}choose(e){e!==this.snapshot.entryId&&(this.wanted=e,this.written=0,this.update({phase:`loading`,online:!1,state:null,seen:null,failure:null,entryId:e}),this.renew())}renew(){this.drop(),this.watchers.size>0&&this.connect()}start(){this.connection.addEventListener(`ready`,this.onReady),this.connection.addEventListener(`disconnected`,this.onDisconnected),this.update({connected:this.connection.connected!==!1}),this.connect()}stop(){this.connection.removeEventListener(`ready`,this.onReady),this.connection.removeEventListener(`disconnected`,this.onDisconnected),this.drop()}drop(){this.run+=1,clearTimeout(this.timer);let e=this.unsubscribe;this.unsubscribe=null,e&&R(e)}async connect(){let e=++this.run;try{let t=await Ve(this.connection);if(e!==this.run)return;let n=Array.isArray(t)?t.slice(0,50):[],r=this.pick(n);if(!r){this.update({phase:`unconfigured`,nodes:n,failure:null}),this.later(Lt);return}this.update({nodes:n,entryId:r});let i=await He(this.connection,r,t=>{e===this.run&&this.receive(t)});if(e!==this.run){R(i);return}this.unsubscribe=i,this.failures=0,this.later(Rt)}catch(t){if(e!==this.run)return;let n=L(t),r=It[Math.min(this.failures,It.length-1)]??3e4;this.failures+=1;let i=this.failures<3&&!this.snapshot.state;this.update({phase:this.snapshot.state?`live`:i?`loading`:`failed`,online:!1,failure:n}),this.later(r)}}pick(e){return(e.find(e=>e.entry_id===(this.wanted||this.snapshot.entryId))??e.find(e=>e.loaded)??e[0])?.entry_id??``}receive(e){if(e?.kind!==`state`)return;this.later(Rt);let t=Xe(e.state)??this.snapshot.state,n=this.snapshot.entryId,r=this.snapshot.seen;e.online&&t?(r=Date.now(),r-this.written>=3e4&&(this.written=r,this.seen.write(n,r))):r=V(e.seen)*1e3||r||this.seen.read(n),this.update({phase:t?`live`:e.online?`loading`:`live`,online:e.online===!0,connected:!0,state:t,seen:r,failure:e.online?null:{code:`node_offline`,message:B(e.error,500)},admin:e.admin??this.snapshot.admin,bundle:B(e.bundle)||this.snapshot.bundle})}later(e){clearTimeout(this.timer),this.timer=setTimeout(()=>this.renew(),e)}update(e){this.snapshot={...this.snapshot,...e};for(let e of[...this.watchers])e()}},Bt=`hearthnet.seen.`,Vt={read(e){try{return Number(localStorage.getItem(Bt+e))||null}catch{return null}},write(e,t){try{localStorage.setItem(Bt+e,String(t))}catch{}}},Ht=/* @__PURE__ */ new WeakMap;function Ut(e,t=``){let n=Ht.get(e);n||Ht.set(e,n=/* @__PURE__ */ new Map);let r=n.get(t);return r||n.set(t,r=new zt(e,t,Vt)),r}var Z={en:{panel:/* @__PURE__ */ JSON.parse(`{"name":"HearthNet","menu":"Open the menu","tabs":{"label":"Views","ask":"Ask","home":"Home","mesh":"Neighbourhood"},"node_picker":"Which node","reload":{"text":"HearthNet was updated.","action":"Load the new version"},"status":{"alone":"Just this home","near":"{count} node near","near_other":"{count} nodes near","internet_on":"Internet","internet_off":"No internet"},"wait":{"loading":"Waking the hearth…","starting":"Home Assistant is still starting HearthNet. This page goes on by itself."},"unconfigured":{"title":"HearthNet is not set up yet","text":"Add the HearthNet integration and pair it with the node in your home. This page wakes up by itself when that is done.","action":"Open the integrations","ask_admin":"Ask the person who looks after Home Assistant here to add the HearthNet integration."},"failed":{"title":"HearthNet did not answer","action":"Try now"},"banner":{"ha":"Home Assistant is not reachable. What you see is from {when}; this page reconnects by itself.","ha_never":"Home Assistant is not reachable. This page reconnects by itself.","node":"Your HearthNet node is not reachable. What you see is from {when}.","node_undated":"Your HearthNet node is not reachable. What you see is the last known state.","node_never":"Your HearthNet node is not reachable, and nothing is known from before.","emergency":"Emergency mode since {when}.","drill":"This is a drill, since {when}. Nothing is wrong.","isolated":"No internet and no neighbour since {when}. This home answers from its own library.","offline":"No internet since {when}. The neighbourhood still answers.","offline_alone":"No internet since {when}. This home answers from its own library.","captive_portal":"The network wants a sign-in before it lets you out.","dns":"Names are not being resolved.","gateway":"The router does not answer.","no_route":"This node has no way out of its network."},"ask":{"label":"Your question","placeholder":"Ask anything","submit":"Ask","cancel":"Stop","retry":"Ask again","hero":"What would you like to know?","hero_emergency":"What do you need to know?","hero_alone":"Answered from the library in this home: one guide that needs no internet.","hero_alone_other":"Answered from the library in this home: {count} guides that need no internet.","hero_near":"Answered by this home and one node near you.","hero_near_other":"Answered by this home and {count} nodes near you.","hero_empty":"There is no model, no neighbour and no library here yet.","suggested":"For example","suggestions":{"water":"How long can I store drinking water, and in what?","food":"The power is out. How long does food in the fridge stay safe?","heating":"How do I keep one room warm without power?","first_aid":"What do I do first for a bad burn?"},"suggestions_emergency":{"water":"Is the tap water safe to drink, and how do I make it safe?","power":"What should I do first when the power is out?","meet":"Where do we meet if we cannot reach each other?","first_aid":"What do I do first for a bad burn?"},"privacy":{"local":"Only this node sees your question","home":"Only this home sees your question","community":"Your community may see your question","any":"Your community and internet services may see your question"},"blocked_ha":"Waiting for Home Assistant.","blocked_node":"Waiting for the node.","step":{"":"Asking…","searching":"Looking in the libraries…","asking":"Choosing who answers…","queued":"Everyone is busy. You are in the queue…"},"answering":"{name} is answering…","here":"this home","here_cap":"This home","answered_here":"Answered in this home","answered_by":"Answered by {name}","in_seconds":"in {seconds}","at":"asked {when}","handover":"{name} goes on here","continued":"{count} interruption, nothing lost","continued_other":"{count} interruptions, nothing lost","signed":"signed","signed_hint":"The answer carries a valid signature of the node that gave it.","unsigned_hint":"A part of this answer carries no valid signature.","unsigned":"signature not valid","not_grounded":"This answer does not rest on the library. Check it before you rely on it.","cancelled":"You stopped this answer.","truncated":"The rest was too long to show.","earlier":"Asked before","back":"To the latest answer","new":"New question","clear":"Forget these questions","live_done":"The answer is complete.","live_failed":"The answer stopped.","picture":"Ask about a picture","picture_or_sound":"Ask about a picture, or with a recording","sound":"Ask with a recording","picture_of_question":"The picture this question is about","picture_remove":"Leave this picture out","record":"Ask by voice","record_stop":"Done speaking","recording":"Listening…","listening":"Understanding what was said…","tools":"May look things up and use tools, step by step","confidence":"In at least {level} of such questions the right passage is among these sources (checked on {n} questions).","words_only":"Only words were compared: no model here understands meaning.","read":"Read aloud","quiet":"Stop reading","good":"This answer helped","bad":"This answer did not help","thanks":"Noted. It decides who is asked next time."},"sources":{"title":"Where this comes from","count":"{count} passage","count_other":"{count} passages","open":"Open passage {n}: {title}","cite":"Passage {n}","from":"from {name}","licence":"Licence: {licence}","none":"No passage matched. The answer comes from what the model knows.","searched":"Searched: {names}","search_failed":"{name} could not be searched: {error}","whole":"Open the document"},"route":{"title":"Who was asked, and why","start":"Asked here","score":"Score {score}","answered":"Answered","finished":"Finished the answer","answering":"Answering","waiting":"Asked, not answering yet","stopped_after":"Stopped after {count} sentence","stopped_after_other":"Stopped after {count} sentences","stopped":"Did not answer","cancelled":"Stopped by you","not_allowed":"Not asked","reserve":"In reserve","more":"{count} more were considered","why":"Why this order","hide":"Hide the reasons","weight":"weight {weight}","none":"Nobody could be asked.","drawing":"Route of the question: {summary}"},"mesh":{"title":"Your neighbourhood","alone":"This home","members":"{count} household","members_other":"{count} households","map":"Map of the neighbourhood","house":"{name}, {state}","connected":"connected","connected_ms":"connected, {ms}","gone":"offline","nodes":"{count} node","nodes_other":"{count} nodes","hidden":"and {count} more household","hidden_other":"and {count} more households","self":"this node","own_home":"In this home","neighbour":"Neighbour","details":"Details of {name}","close":"Close","role":{"unknown":"Not known","member":"Member","trusted":"Trusted","anchor":"Keeper"},"address":"Address","version":"Version","since":"Since","last_seen":"Last seen","latency":"Distance","offers":"Offers","offers_nothing":"Offers nothing at the moment","readmit":"{names} must be invited again: whoever let them in has been removed since.","guest":"Inviting, joining and switching the mode is up to an administrator of Home Assistant.","empty_title":"No neighbour yet","empty_text":"HearthNet already works for this home. It becomes stronger with every house that joins."},"step":{"title":"Next step","invite_title":"Bring in the first neighbour","invite_text":"Invite someone you trust, or join the community of someone who invited you.","privacy_title":"Who may see questions?","privacy_text":"Until you choose, nothing leaves this home.","privacy_home":"This home","privacy_home_text":"Only nodes of this household answer.","privacy_community":"My community","privacy_community_text":"Neighbours in your community may answer too.","model_title":"Give the hearth a voice","model_text":"Questions are answered from the library now. Start Ollama or llama.cpp on a computer in this home and the node finds it by itself.","network_title":"Look at the network","network_text":"This node reaches nobody. Check that it is plugged in or on the same Wi-Fi as its neighbours.","ask_admin":"A person who looks after Home Assistant here can do this."},"capability":{"title":"What can be done here","none":"Nothing is offered yet.","internet":"uses the internet","unavailable":"not available","busy":"{percent} busy","names":{"llm.chat":"Answers questions","llm.complete":"Completes text","rag.query":"Searches its library","rag.ingest":"Takes in documents","rag.list_corpora":"Lists its library","embed.text":"Compares meaning","embed.image":"Compares how pictures look","rerank.text":"Sorts passages","stt.transcribe":"Understands speech","tts.synthesize":"Speaks aloud","trans.text":"Translates","ocr.image":"Reads pictures of text","img.describe":"Describes pictures","file.read":"Shares files","chat.send":"Carries messages","ocr.pdf":"Reads scanned documents"}},"provider":{"extractive":"word for word from the library","library":"library"},"invite":{"open":"Invite","title":"Invite to {name}","title_plain":"Invite","who":"Who is it for?","neighbour":"A neighbour","neighbour_text":"Another household joins your community.","own":"A device of this home","own_text":"Another node of your own household.","making":"Making the invite…","scan":"Scan this with the other HearthNet, or send the text.","qr":"QR code of the invite","text":"Invite text","copy":"Copy","copied":"Copied","copy_failed":"Press and hold the text to copy it.","expires":"Works once, until {when}.","words":"Read these words to each other","words_text":"The other side sees the same six words before joining.","secret":"Whoever has this invite can join. Give it only to the person you mean.","again":"Make another","close":"Done"},"join":{"open":"Join a community","title":"Join a community","paste":"Paste the invite you were given","placeholder":"hearthnet:…","inspect":"Look at the invite","inspecting":"Looking…","compare":"Do these words match?","compare_text":"Call the person who invited you and read the words to each other. They must be the same.","community":"Community","node":"Invited by","expires":"Valid until","name":"Your household's name there","match":"They match, join","differ":"They differ","differ_text":"Do not join. The invite may have been changed on its way. Ask for a new one in person.","joining":"Joining…","done":"You are in {name}.","own":"This invite makes this node a part of the household that made it. Its nodes then read your own documents and questions. Go on only if that household is yours.","replaces":"You leave “{name}”, which stays readable.","back":"Back","close":"Close"},"notices":{"title":"Notices","none":"Nothing on the board.","write":"Write a notice","heading":"Title","heading_placeholder":"Warm room at the school","body":"What neighbours should know","severity":"How important","info":"Good to know","warning":"Important","urgent":"Urgent","ttl":"How long it stays","ttl_24":"A day","ttl_72":"Three days","ttl_168":"A week","ttl_720":"A month","post":"Put it up","posting":"Putting it up…","posted":"Your notice is up.","cancel":"Cancel","by":"{name}, {when}","late":"arrived late","until":"until {when}","left":"{count} characters left","translate":"Translate","translate_this":"Translate “{title}”","translating":"Translating…","translated":"Translated by a machine","new_urgent":"Urgent notice: {title}"},"leave":{"open":"Leave {name}","title":"Leave “{name}”?","text":"Neighbours no longer answer this home, and it no longer answers them. To come back you need a new invite. What you have stays readable.","confirm":"Leave","cancel":"Stay"},"mode":{"title":"Mode","normal":"Normal","emergency":"Emergency","drill":"Drill","since":"since {when}","reason":"Reason: {reason}","confirm_title":"Switch to emergency mode?","confirm_text":"Automations that react to emergency mode in this home will run.","confirm":"Switch to emergency","cancel":"Stay"},"connectivity":{"title":"Connection","online":"The internet is reachable.","degraded":"The internet is unreliable.","offline":"No internet; neighbours are reachable.","isolated":"Neither internet nor neighbours.","unknown":"Not known yet.","internet":"Internet","mesh":"Neighbours","yes":"reachable","no":"not reachable"},"warnings":{"clock":"This node's clock is wrong. Set the time, or its notices carry a wrong date.","index":"The index of meanings has a problem; searching goes on by words. Its log says which.","voice_port":"Another program has the port of the voice server; voice assistants cannot use this node. Choose another port.","cloned_node":"Two machines use this node's identity. Stop one of them.","removed":"The neighbours no longer take this node as a member. Ask one of them for a new invite, or leave the community.","other":"The node reports: {code}"},"privacy_setting":{"title":"Who may see questions"},"card":{"name":"HearthNet","description":"Mode, neighbours and a question box that works without the internet.","open":"Open HearthNet","since":"since {when}","title":"Title","entry":"Node","show_ask":"Show the question box","more":"Read all","not_configured":"HearthNet is not set up.","last_known":"Last known, {when}"},"error":{"unavailable":"Nobody could answer just now.","timeout":"It took too long.","rate_limited":"Too many questions at once. Wait a moment.","capacity_exceeded":"Everyone is busy. Try again in a moment.","forbidden":"This is not allowed.","unauthorized":"Only an administrator of Home Assistant may do this.","expired":"This invite has expired. Ask for a new one.","not_found":"This was not found.","bad_request":"This could not be understood.","version_mismatch":"The two sides do not fit. One of them needs an update.","partition":"The connection to the neighbourhood is cut.","connection_lost":"The connection to Home Assistant was lost.","silence":"The answer stopped coming.","unknown_command":"HearthNet is not running in Home Assistant.","unknown":"Something went wrong.","too_large":"The file is larger than 64 MB.","no_picture":"This is no picture.","no_sound":"This is no sound recording the browser can read.","long_sound":"A recording may last a minute at most.","no_microphone":"The microphone cannot be used. Allow it in the browser; pages need https for it.","nothing_heard":"Nothing was understood. Try again, a little closer."},"library":{"title":"Documents","collections":"Collections","names":{"household":"Household","emergency":"Emergency guides","shared":"Shared"},"who":"Who may find these?","access":{"personal":"Only this device","home":"Only this home","community":"This home and the neighbourhood","role":"Neighbours who are {role}"},"add":"Add documents","add_text":"Drop PDF, Word, web pages, text, pictures or a ZIP of them here. They are read in this home; nothing is sent away.","empty":"Nothing is in this collection yet.","empty_admin":"Nothing is in this collection yet. Manuals, recipes, the notes for the babysitter: whatever you would look for.","more":"Show more","passages":"one passage","passages_other":"{count} passages","remove":"Remove {title}","remove_sure":"Remove it","keep":"Keep it","added":"One document was added.","added_other":"{count} documents were added.","known":"One was known already.","known_other":"{count} were known already.","unreadable":"Nobody in this home could tell what is on one picture or scanned page.","unreadable_other":"Nobody in this home could tell what is on {count} pictures or scanned pages.","step":{"sending":"On its way…","reading":"Reading…","recognising":"Reading scanned pages…","storing":"Storing…","looking":"Looking at the picture…"},"indexing":"Reading the passages for their meaning: {done} of {total}. Searching works meanwhile.","picture":"Picture"},"document":{"close":"Close","page":"Page {page}","loading":"Opening…","more":"Read on"},"taking":{"title":"Take data out","data":"Data","text":"Name what you want to know. A language model reads the document and writes down what it says about each. What only this home may find is read only in this home.","examples":"For example","example":{"bill":{"title":"A bill","from":"From whom","amount":"Amount","due":"To be paid by","account":"To which account"},"device":{"title":"A device","model":"Model","bought":"Bought on","care":"Regular care"},"contract":{"title":"A contract","with":"With whom","ends":"Ends on","notice":"Notice period","renews":"Renews by itself"}},"name":"Field {n}: what you want to know","name_example":"Such as: amount","kind":"Field {n}: its kind","kinds":{"text":"Text","number":"Number","date":"Date","yes_no":"Yes or no","list":"List"},"remove":"Remove {name}","add":"One more field","hint":"A hint (optional)","hint_example":"Such as: only the heating, not the water","keep":"Keep what is found","keep_not":"Only show it","submit":"Take it out","stop":"Stop","step":{"reading":"Opening the document…","extracting":"A model is reading it. A long document takes some minutes.","storing":"Keeping it…"},"found":"{some} of {count} field found","found_other":"{some} of {count} fields found","field":"Field","value":"What the document says","missing":"Not in the document","yes":"Yes","no":"No","inexact":"not word for word","doubtful":"“Not word for word” was counted, translated or guessed by the model. Look there before you rely on it.","passage":"The passage","from":"{at} and after","open":"{name}: open the place it stands ({at})","open_from":"{name}: open what was read for it ({at} and after)","kept":"Kept in “{name}”. Searches and questions find it.","open_kept":"Open it","by":"Taken out by","again":"Other fields","back":"Back to the document","back_to_data":"Back to the data"},"pictures":{"find":"Find a picture","submit":"Search the pictures","count":"One picture is here: describe it, or write what stands on it.","count_other":"{count} pictures are here: describe one, or write what stands on it.","busy":"Looking through the pictures…","found":"One picture found","found_other":"{count} pictures found","none":"No picture found. Try other words.","not_by_look":"Not compared by how they look: {note}","none_like":"No other picture looks like this one.","alike":"Pictures like this one","alt":"The picture “{title}”"},"models":{"title":"Language models","none":"No language model is here. Questions are answered from the library, or by a neighbour's model.","loaded":"ready","can":{"tools":"uses tools","vision":"sees pictures"},"fetch":"Fetch a model","fetch_submit":"Fetch","fetch_text":"This needs the internet once; afterwards the model works without it. A 3b model needs about 2 GB of space and 4 GB of memory.","fetching":"Fetching {name}…","no_keeper":"To fetch models here, run Ollama on this machine, or turn it on in the HearthNet app.","remove":"Remove {name}","remove_sure":"Remove it","keep":"Keep it"},"steps":{"label":"What was done for this answer","ask":"May this be done?","yes":"Yes, do it","no":"No","tainted":"This was proposed after reading what others wrote. Check it before you allow it.","state":{"running":"…","done":"done","failed":"did not work","needs_confirmation":"waits for you","refused":"not allowed"},"tool":{"search_library":"Searches the libraries","read_document":"Reads a document","translate":"Translates","describe_image":"Looks at the picture","read_image":"Reads what is on the picture","mesh_status":"Looks who is near","list_notices":"Reads the notices","post_notice":"Posts a notice to everybody","set_mode":"Changes the mode of this home"},"argument":{"title":"Title","body":"Text","severity":"How important","ttl_hours":"Stays up (hours)","mode":"Mode","reason":"Reason","text":"Text","to":"Into","query":"Looked for","question":"Question","name":"Name","area":"Room","floor":"Floor","domain":"Kind of device","device_class":"Kind of device","brightness":"Brightness","temperature":"Temperature","color":"Colour","position":"Position","item":"Entry","message":"Message"}}}`)},de:{panel:/* @__PURE__ */ JSON.parse(`{"name":"HearthNet","menu":"Menü öffnen","tabs":{"label":"Ansichten","ask":"Fragen","home":"Zuhause","mesh":"Nachbarschaft"},"node_picker":"Welcher Knoten","reload":{"text":"HearthNet wurde aktualisiert.","action":"Neue Version laden"},"status":{"alone":"Nur dieses Zuhause","near":"{count} Knoten in der Nähe","near_other":"{count} Knoten in der Nähe","internet_on":"Internet","internet_off":"Kein Internet"},"wait":{"loading":"Das Feuer wird geweckt …","starting":"Home Assistant startet HearthNet noch. Diese Seite macht von selbst weiter."},"unconfigured":{"title":"HearthNet ist noch nicht eingerichtet","text":"Füge die Integration HearthNet hinzu und verbinde sie mit dem Knoten in deinem Zuhause. Diese Seite wacht von selbst auf, sobald das geschehen ist.","action":"Integrationen öffnen","ask_admin":"Bitte die Person, die Home Assistant hier betreut, die Integration HearthNet hinzuzufügen."},"failed":{"title":"HearthNet hat nicht geantwortet","action":"Jetzt versuchen"},"banner":{"ha":"Home Assistant ist nicht erreichbar. Was du siehst, ist von {when}; diese Seite verbindet sich von selbst wieder.","ha_never":"Home Assistant ist nicht erreichbar. Diese Seite verbindet sich von selbst wieder.","node":"Dein HearthNet-Knoten ist nicht erreichbar. Was du siehst, ist von {when}.","node_undated":"Dein HearthNet-Knoten ist nicht erreichbar. Was du siehst, ist der letzte bekannte Stand.","node_never":"Dein HearthNet-Knoten ist nicht erreichbar, und von früher ist nichts bekannt.","emergency":"Notfallmodus seit {when}.","drill":"Das ist eine Übung, seit {when}. Es ist nichts passiert.","isolated":"Kein Internet und kein Nachbar seit {when}. Dieses Zuhause antwortet aus der eigenen Bibliothek.","offline":"Kein Internet seit {when}. Die Nachbarschaft antwortet weiter.","offline_alone":"Kein Internet seit {when}. Dieses Zuhause antwortet aus der eigenen Bibliothek.","captive_portal":"Das Netz verlangt eine Anmeldung, bevor es dich hinauslässt.","dns":"Namen werden nicht aufgelöst.","gateway":"Der Router antwortet nicht.","no_route":"Dieser Knoten kommt nicht aus seinem Netz hinaus."},"ask":{"label":"Deine Frage","placeholder":"Frag, was du willst","submit":"Fragen","cancel":"Anhalten","retry":"Noch einmal fragen","hero":"Was möchtest du wissen?","hero_emergency":"Was musst du wissen?","hero_alone":"Antworten kommen aus der Bibliothek in diesem Zuhause: ein Ratgeber, der kein Internet braucht.","hero_alone_other":"Antworten kommen aus der Bibliothek in diesem Zuhause: {count} Ratgeber, die kein Internet brauchen.","hero_near":"Es antworten dieses Zuhause und ein Knoten in deiner Nähe.","hero_near_other":"Es antworten dieses Zuhause und {count} Knoten in deiner Nähe.","hero_empty":"Hier gibt es noch kein Modell, keinen Nachbarn und keine Bibliothek.","suggested":"Zum Beispiel","suggestions":{"water":"Wie lange kann ich Trinkwasser lagern, und worin?","food":"Der Strom ist weg. Wie lange bleibt Essen im Kühlschrank sicher?","heating":"Wie halte ich ein Zimmer ohne Strom warm?","first_aid":"Was tue ich zuerst bei einer schweren Verbrennung?"},"suggestions_emergency":{"water":"Kann ich das Leitungswasser trinken, und wie mache ich es sicher?","power":"Was tue ich zuerst, wenn der Strom weg ist?","meet":"Wo treffen wir uns, wenn wir uns nicht erreichen?","first_aid":"Was tue ich zuerst bei einer schweren Verbrennung?"},"privacy":{"local":"Nur dieser Knoten sieht deine Frage","home":"Nur dieses Zuhause sieht deine Frage","community":"Deine Gemeinschaft kann deine Frage sehen","any":"Deine Gemeinschaft und Dienste im Internet können deine Frage sehen"},"blocked_ha":"Warte auf Home Assistant.","blocked_node":"Warte auf den Knoten.","step":{"":"Frage wird gestellt …","searching":"Suche in den Bibliotheken …","asking":"Wer antwortet, wird gewählt …","queued":"Alle sind beschäftigt. Du stehst in der Schlange …"},"answering":"{name} antwortet …","here":"dieses Zuhause","here_cap":"Dieses Zuhause","answered_here":"Beantwortet in diesem Zuhause","answered_by":"Beantwortet von {name}","in_seconds":"in {seconds}","at":"gefragt {when}","handover":"Hier macht {name} weiter","continued":"{count} Unterbrechung, nichts verloren","continued_other":"{count} Unterbrechungen, nichts verloren","signed":"unterschrieben","signed_hint":"Die Antwort trägt eine gültige Unterschrift des Knotens, der sie gab.","unsigned_hint":"Ein Teil dieser Antwort trägt keine gültige Unterschrift.","unsigned":"Unterschrift ungültig","not_grounded":"Diese Antwort stützt sich nicht auf die Bibliothek. Prüfe sie, bevor du dich darauf verlässt.","cancelled":"Du hast diese Antwort angehalten.","truncated":"Der Rest war zu lang, um ihn zu zeigen.","earlier":"Früher gefragt","back":"Zur letzten Antwort","new":"Neue Frage","clear":"Diese Fragen vergessen","live_done":"Die Antwort ist vollständig.","live_failed":"Die Antwort ist abgebrochen.","picture":"Zu einem Bild fragen","picture_or_sound":"Zu einem Bild fragen, oder mit einer Aufnahme","sound":"Mit einer Aufnahme fragen","picture_of_question":"Das Bild, um das es geht","picture_remove":"Dieses Bild weglassen","record":"Mit der Stimme fragen","record_stop":"Fertig gesprochen","recording":"Hört zu…","listening":"Versteht, was gesagt wurde…","tools":"Darf nachschlagen und Werkzeuge nutzen, Schritt für Schritt","confidence":"Bei mindestens {level} solcher Fragen ist die richtige Stelle unter diesen Quellen (geprüft an {n} Fragen).","words_only":"Nur Wörter wurden verglichen: kein Modell hier versteht die Bedeutung.","read":"Vorlesen","quiet":"Nicht weiterlesen","good":"Diese Antwort hat geholfen","bad":"Diese Antwort hat nicht geholfen","thanks":"Vermerkt. Es entscheidet mit, wer nächstes Mal gefragt wird."},"sources":{"title":"Woher das kommt","count":"{count} Textstelle","count_other":"{count} Textstellen","open":"Textstelle {n} öffnen: {title}","cite":"Textstelle {n}","from":"von {name}","licence":"Lizenz: {licence}","none":"Keine Textstelle passte. Die Antwort kommt aus dem Wissen des Modells.","searched":"Durchsucht: {names}","search_failed":"{name} konnte nicht durchsucht werden: {error}","whole":"Das Dokument öffnen"},"route":{"title":"Wer gefragt wurde, und warum","start":"Hier gefragt","score":"Wertung {score}","answered":"Hat geantwortet","finished":"Hat die Antwort beendet","answering":"Antwortet","waiting":"Gefragt, antwortet noch nicht","stopped_after":"Abgebrochen nach {count} Satz","stopped_after_other":"Abgebrochen nach {count} Sätzen","stopped":"Hat nicht geantwortet","cancelled":"Von dir angehalten","not_allowed":"Nicht gefragt","reserve":"In Reserve","more":"{count} weitere wurden erwogen","why":"Warum diese Reihenfolge","hide":"Gründe ausblenden","weight":"Gewicht {weight}","none":"Niemand konnte gefragt werden.","drawing":"Weg der Frage: {summary}"},"mesh":{"title":"Deine Nachbarschaft","alone":"Dieses Zuhause","members":"{count} Haushalt","members_other":"{count} Haushalte","map":"Karte der Nachbarschaft","house":"{name}, {state}","connected":"verbunden","connected_ms":"verbunden, {ms}","gone":"nicht erreichbar","nodes":"{count} Knoten","nodes_other":"{count} Knoten","hidden":"und {count} weiterer Haushalt","hidden_other":"und {count} weitere Haushalte","self":"dieser Knoten","own_home":"In diesem Zuhause","neighbour":"Nachbar","details":"Einzelheiten zu {name}","close":"Schließen","role":{"unknown":"Unbekannt","member":"Mitglied","trusted":"Vertraut","anchor":"Hüter"},"address":"Adresse","version":"Version","since":"Seit","last_seen":"Zuletzt gesehen","latency":"Entfernung","offers":"Bietet","offers_nothing":"Bietet gerade nichts","readmit":"Neu einladen: {names}. Wer sie hereingelassen hat, wurde inzwischen entfernt.","guest":"Einladen, beitreten und den Modus wechseln kann ein Administrator von Home Assistant.","empty_title":"Noch kein Nachbar","empty_text":"HearthNet funktioniert schon für dieses Zuhause. Mit jedem Haus, das dazukommt, wird es stärker."},"step":{"title":"Nächster Schritt","invite_title":"Hol den ersten Nachbarn dazu","invite_text":"Lade jemanden ein, dem du vertraust, oder tritt der Gemeinschaft von jemandem bei, der dich eingeladen hat.","privacy_title":"Wer darf Fragen sehen?","privacy_text":"Bis du wählst, verlässt nichts dieses Zuhause.","privacy_home":"Dieses Zuhause","privacy_home_text":"Nur Knoten dieses Haushalts antworten.","privacy_community":"Meine Gemeinschaft","privacy_community_text":"Auch Nachbarn in deiner Gemeinschaft dürfen antworten.","model_title":"Gib dem Herd eine Stimme","model_text":"Fragen werden jetzt aus der Bibliothek beantwortet. Starte Ollama oder llama.cpp auf einem Rechner in diesem Zuhause; der Knoten findet es von selbst.","network_title":"Sieh nach dem Netz","network_text":"Dieser Knoten erreicht niemanden. Prüfe, ob er angesteckt ist oder im selben WLAN wie seine Nachbarn.","ask_admin":"Das kann eine Person, die Home Assistant hier betreut."},"capability":{"title":"Was hier möglich ist","none":"Noch wird nichts angeboten.","internet":"nutzt das Internet","unavailable":"nicht verfügbar","busy":"zu {percent} ausgelastet","names":{"llm.chat":"Beantwortet Fragen","llm.complete":"Vervollständigt Text","rag.query":"Durchsucht die Bibliothek","rag.ingest":"Nimmt Dokumente auf","rag.list_corpora":"Listet die Bibliothek","embed.text":"Vergleicht Bedeutung","embed.image":"Vergleicht, wie Bilder aussehen","rerank.text":"Sortiert Textstellen","stt.transcribe":"Versteht Sprache","tts.synthesize":"Spricht laut","trans.text":"Übersetzt","ocr.image":"Liest Bilder von Text","img.describe":"Beschreibt Bilder","file.read":"Teilt Dateien","chat.send":"Überbringt Nachrichten","ocr.pdf":"Liest gescannte Dokumente"}},"provider":{"extractive":"wörtlich aus der Bibliothek","library":"Bibliothek"},"invite":{"open":"Einladen","title":"Einladen zu {name}","title_plain":"Einladen","who":"Für wen ist sie?","neighbour":"Für einen Nachbarn","neighbour_text":"Ein anderer Haushalt tritt deiner Gemeinschaft bei.","own":"Für ein Gerät hier","own_text":"Ein weiterer Knoten deines eigenen Haushalts.","making":"Einladung wird erstellt …","scan":"Scanne sie mit dem anderen HearthNet oder schick den Text.","qr":"QR-Code der Einladung","text":"Text der Einladung","copy":"Kopieren","copied":"Kopiert","copy_failed":"Halte den Text gedrückt, um ihn zu kopieren.","expires":"Gilt einmal, bis {when}.","words":"Lest euch diese Wörter vor","words_text":"Die andere Seite sieht vor dem Beitritt dieselben sechs Wörter.","secret":"Wer diese Einladung hat, kann beitreten. Gib sie nur der Person, die du meinst.","again":"Noch eine erstellen","close":"Fertig"},"join":{"open":"Gemeinschaft beitreten","title":"Einer Gemeinschaft beitreten","paste":"Füge die Einladung ein, die du bekommen hast","placeholder":"hearthnet:…","inspect":"Einladung ansehen","inspecting":"Wird angesehen …","compare":"Stimmen diese Wörter überein?","compare_text":"Ruf die Person an, die dich eingeladen hat, und lest euch die Wörter vor. Sie müssen gleich sein.","community":"Gemeinschaft","node":"Eingeladen von","expires":"Gültig bis","name":"Name deines Haushalts dort","match":"Sie stimmen, beitreten","differ":"Sie sind verschieden","differ_text":"Tritt nicht bei. Die Einladung wurde unterwegs vielleicht verändert. Bitte persönlich um eine neue.","joining":"Beitritt läuft …","done":"Du bist in {name}.","own":"Diese Einladung macht diesen Knoten zu einem Teil des Haushalts, der sie ausgestellt hat. Dessen Knoten lesen dann deine eigenen Dokumente und Fragen. Fahr nur fort, wenn das dein Haushalt ist.","replaces":"Du verlässt „{name}“; sie bleibt lesbar.","back":"Zurück","close":"Schließen"},"notices":{"title":"Aushänge","none":"Am Brett hängt nichts.","write":"Aushang schreiben","heading":"Titel","heading_placeholder":"Warmer Raum in der Schule","body":"Was Nachbarn wissen sollten","severity":"Wie wichtig","info":"Gut zu wissen","warning":"Wichtig","urgent":"Dringend","ttl":"Wie lange er hängt","ttl_24":"Einen Tag","ttl_72":"Drei Tage","ttl_168":"Eine Woche","ttl_720":"Einen Monat","post":"Aushängen","posting":"Wird ausgehängt …","posted":"Dein Aushang hängt.","cancel":"Abbrechen","by":"{name}, {when}","late":"kam verspätet an","until":"bis {when}","left":"noch {count} Zeichen","translate":"Übersetzen","translate_this":"„{title}“ übersetzen","translating":"Wird übersetzt…","translated":"Maschinell übersetzt","new_urgent":"Dringender Aushang: {title}"},"leave":{"open":"{name} verlassen","title":"„{name}“ verlassen?","text":"Nachbarn antworten diesem Zuhause dann nicht mehr, und es antwortet ihnen nicht mehr. Um zurückzukommen, brauchst du eine neue Einladung. Was du hast, bleibt lesbar.","confirm":"Verlassen","cancel":"Bleiben"},"mode":{"title":"Modus","normal":"Normal","emergency":"Notfall","drill":"Übung","since":"seit {when}","reason":"Grund: {reason}","confirm_title":"In den Notfallmodus wechseln?","confirm_text":"Automationen dieses Zuhauses, die auf den Notfallmodus reagieren, laufen dann.","confirm":"In den Notfallmodus","cancel":"So lassen"},"connectivity":{"title":"Verbindung","online":"Das Internet ist erreichbar.","degraded":"Das Internet ist unzuverlässig.","offline":"Kein Internet; Nachbarn sind erreichbar.","isolated":"Weder Internet noch Nachbarn.","unknown":"Noch nicht bekannt.","internet":"Internet","mesh":"Nachbarn","yes":"erreichbar","no":"nicht erreichbar"},"warnings":{"clock":"Die Uhr dieses Knotens geht falsch. Stell sie, sonst tragen seine Aushänge ein falsches Datum.","index":"Der Index der Bedeutungen hat ein Problem; gesucht wird weiter nach Wörtern. Das Protokoll sagt, welches.","voice_port":"Ein anderes Programm hat den Port des Sprachservers; Sprachassistenten können diesen Knoten nicht nutzen. Einen anderen Port wählen.","cloned_node":"Zwei Geräte benutzen die Identität dieses Knotens. Halte eines davon an.","removed":"Die Nachbarn nehmen diesen Knoten nicht mehr als Mitglied an. Bitte jemanden um eine neue Einladung, oder verlasse die Gemeinschaft.","other":"Der Knoten meldet: {code}"},"privacy_setting":{"title":"Wer Fragen sehen darf"},"card":{"name":"HearthNet","description":"Modus, Nachbarn und ein Fragefeld, das ohne Internet funktioniert.","open":"HearthNet öffnen","since":"seit {when}","title":"Titel","entry":"Knoten","show_ask":"Fragefeld zeigen","more":"Alles lesen","not_configured":"HearthNet ist nicht eingerichtet.","last_known":"Zuletzt bekannt, {when}"},"error":{"unavailable":"Gerade konnte niemand antworten.","timeout":"Es hat zu lange gedauert.","rate_limited":"Zu viele Fragen auf einmal. Warte einen Moment.","capacity_exceeded":"Alle sind beschäftigt. Versuch es gleich noch einmal.","forbidden":"Das ist nicht erlaubt.","unauthorized":"Das darf nur ein Administrator von Home Assistant.","expired":"Diese Einladung ist abgelaufen. Bitte um eine neue.","not_found":"Das wurde nicht gefunden.","bad_request":"Das war nicht zu verstehen.","version_mismatch":"Die beiden Seiten passen nicht zusammen. Eine braucht eine Aktualisierung.","partition":"Die Verbindung zur Nachbarschaft ist unterbrochen.","connection_lost":"Die Verbindung zu Home Assistant ging verloren.","silence":"Es kam nichts mehr.","unknown_command":"HearthNet läuft in Home Assistant nicht.","unknown":"Etwas ist schiefgegangen.","too_large":"Die Datei ist größer als 64 MB.","no_picture":"Das ist kein Bild.","no_sound":"Das ist keine Tonaufnahme, die der Browser lesen kann.","long_sound":"Eine Aufnahme darf höchstens eine Minute dauern.","no_microphone":"Das Mikrofon ist nicht zu benutzen. Im Browser erlauben; Seiten brauchen dafür https.","nothing_heard":"Es war nichts zu verstehen. Noch einmal, etwas näher."},"library":{"title":"Dokumente","collections":"Sammlungen","names":{"household":"Haushalt","emergency":"Notfall-Ratgeber","shared":"Geteilt"},"who":"Wer darf das finden?","access":{"personal":"Nur dieses Gerät","home":"Nur dieses Haus","community":"Dieses Haus und die Nachbarschaft","role":"Nachbarn mit der Rolle {role}"},"add":"Dokumente hinzufügen","add_text":"PDF, Word, Webseiten, Text, Bilder oder ein ZIP davon hierher ziehen. Gelesen wird in diesem Haus; nichts wird fortgeschickt.","empty":"In dieser Sammlung ist noch nichts.","empty_admin":"In dieser Sammlung ist noch nichts. Anleitungen, Rezepte, die Notizen für den Babysitter: was man eben sucht.","more":"Mehr zeigen","passages":"eine Stelle","passages_other":"{count} Stellen","remove":"{title} entfernen","remove_sure":"Entfernen","keep":"Behalten","added":"Ein Dokument kam hinzu.","added_other":"{count} Dokumente kamen hinzu.","known":"Eines war schon bekannt.","known_other":"{count} waren schon bekannt.","unreadable":"Was auf einem Bild oder einer gescannten Seite ist, konnte hier im Haus niemand sagen.","unreadable_other":"Was auf {count} Bildern oder gescannten Seiten ist, konnte hier im Haus niemand sagen.","step":{"sending":"Unterwegs…","reading":"Wird gelesen…","recognising":"Gescannte Seiten werden gelesen…","storing":"Wird abgelegt…","looking":"Das Bild wird angesehen…"},"indexing":"Die Stellen werden auf ihre Bedeutung hin gelesen: {done} von {total}. Gesucht werden kann schon jetzt.","picture":"Bild"},"document":{"close":"Schließen","page":"Seite {page}","loading":"Wird geöffnet…","more":"Weiterlesen"},"taking":{"title":"Daten herausziehen","data":"Daten","text":"Nenne, was du wissen willst. Ein Sprachmodell liest das Dokument und schreibt auf, was darin dazu steht. Was nur dieses Haus finden darf, wird nur in diesem Haus gelesen.","examples":"Zum Beispiel","example":{"bill":{"title":"Eine Rechnung","from":"Von wem","amount":"Betrag","due":"Zu zahlen bis","account":"Auf welches Konto"},"device":{"title":"Ein Gerät","model":"Modell","bought":"Gekauft am","care":"Regelmäßige Pflege"},"contract":{"title":"Ein Vertrag","with":"Mit wem","ends":"Endet am","notice":"Kündigungsfrist","renews":"Verlängert sich von selbst"}},"name":"Feld {n}: was du wissen willst","name_example":"Zum Beispiel: Betrag","kind":"Feld {n}: welche Art","kinds":{"text":"Text","number":"Zahl","date":"Datum","yes_no":"Ja oder nein","list":"Liste"},"remove":"{name} entfernen","add":"Noch ein Feld","hint":"Ein Hinweis (freiwillig)","hint_example":"Zum Beispiel: nur die Heizung, nicht das Wasser","keep":"Das Gefundene aufheben","keep_not":"Nur zeigen","submit":"Herausziehen","stop":"Anhalten","step":{"reading":"Das Dokument wird geöffnet…","extracting":"Ein Modell liest es. Ein langes Dokument braucht einige Minuten.","storing":"Wird aufgehoben…"},"found":"{some} von {count} Feld gefunden","found_other":"{some} von {count} Feldern gefunden","field":"Feld","value":"Was im Dokument steht","missing":"Steht nicht im Dokument","yes":"Ja","no":"Nein","inexact":"nicht wörtlich","doubtful":"„Nicht wörtlich“ hat das Modell gezählt, übersetzt oder vermutet. Sieh dort nach, bevor du dich darauf verlässt.","passage":"Die Stelle","from":"Ab: {at}","open":"{name}: die Stelle öffnen, wo es steht ({at})","open_from":"{name}: öffnen, was dafür gelesen wurde (ab: {at})","kept":"Aufgehoben in „{name}“. Suche und Fragen finden es.","open_kept":"Öffnen","by":"Herausgezogen von","again":"Andere Felder","back":"Zurück zum Dokument","back_to_data":"Zurück zu den Daten"},"pictures":{"find":"Ein Bild finden","submit":"Die Bilder durchsuchen","count":"Ein Bild ist hier: Beschreibe es, oder schreib, was darauf steht.","count_other":"{count} Bilder sind hier: Beschreibe eines, oder schreib, was darauf steht.","busy":"Die Bilder werden durchgesehen…","found":"Ein Bild gefunden","found_other":"{count} Bilder gefunden","none":"Kein Bild gefunden. Versuch es mit anderen Worten.","not_by_look":"Nicht nach dem Aussehen verglichen: {note}","none_like":"Kein anderes Bild sieht diesem ähnlich.","alike":"Bilder wie dieses","alt":"Das Bild „{title}“"},"models":{"title":"Sprachmodelle","none":"Hier ist kein Sprachmodell. Fragen werden aus der Bibliothek beantwortet oder vom Modell eines Nachbarn.","loaded":"bereit","can":{"tools":"nutzt Werkzeuge","vision":"sieht Bilder"},"fetch":"Ein Modell holen","fetch_submit":"Holen","fetch_text":"Das braucht einmal das Internet; danach geht es ohne. Ein 3b-Modell braucht etwa 2 GB Platz und 4 GB Arbeitsspeicher.","fetching":"{name} wird geholt…","no_keeper":"Um hier Modelle zu holen, Ollama auf diesem Rechner starten oder in der HearthNet-App einschalten.","remove":"{name} entfernen","remove_sure":"Entfernen","keep":"Behalten"},"steps":{"label":"Was für diese Antwort getan wurde","ask":"Darf das getan werden?","yes":"Ja, tun","no":"Nein","tainted":"Das wurde vorgeschlagen, nachdem gelesen wurde, was andere geschrieben haben. Vor dem Erlauben prüfen.","state":{"running":"…","done":"erledigt","failed":"ging nicht","needs_confirmation":"wartet auf dich","refused":"nicht erlaubt"},"tool":{"search_library":"Durchsucht die Bibliotheken","read_document":"Liest ein Dokument","translate":"Übersetzt","describe_image":"Sieht sich das Bild an","read_image":"Liest, was auf dem Bild steht","mesh_status":"Sieht nach, wer in der Nähe ist","list_notices":"Liest die Aushänge","post_notice":"Hängt etwas für alle aus","set_mode":"Ändert den Zustand dieses Hauses"},"argument":{"title":"Titel","body":"Text","severity":"Wie wichtig","ttl_hours":"Hängt (Stunden)","mode":"Modus","reason":"Grund","text":"Text","to":"In welche Sprache","query":"Gesucht","question":"Frage","name":"Name","area":"Raum","floor":"Stockwerk","domain":"Art des Geräts","device_class":"Art des Geräts","brightness":"Helligkeit","temperature":"Temperatur","color":"Farbe","position":"Stellung","item":"Eintrag","message":"Nachricht"}}}`)}};function Wt(e,t){let n=e;for(let e of t){if(typeof n!=`object`)return;n=Object.prototype.hasOwnProperty.call(n,e)?n[e]:void 0}return typeof n==`string`?n:void 0}var Gt=class{constructor(e,t=e,n=void 0,r=void 0){this.language=e,this.locale=t,this.hour12=n,this.timeZone=r,this.tree=Z[e.split(`-`)[0]??`en`]??Z.en??{},this.plural=new Intl.PluralRules(this.tree===Z.de?`de`:`en`)}t(e,t={}){return Kt(this.raw(e.split(`.`))??e,t)}n(e,t,n={}){let r=this.plural.select(t)===`one`?``:`_other`,i=e.split(`.`),a=i.pop()??``;return Kt(this.raw([...i,a+r])??this.raw([...i,a])??e,{count:this.figure(t),...n})}named(e,t){return this.raw([...e.split(`.`),t])}engine(...e){let t=e.filter(Boolean).map(e=>this.named(`panel.provider`,e)??e);return[...new Set(t)].join(` · `)}figure(e,t=0){return e.toLocaleString(this.locale,{maximumFractionDigits:t})}exactly(e){return e.toLocaleString(this.locale,{useGrouping:!1,maximumFractionDigits:12})}calendar(e){let t=/^\d{4}-\d\d-\d\d$/.test(e)?Date.parse(`${e}T00:00Z`):NaN;return Number.isNaN(t)?e:new Date(t).toLocaleDateString(this.locale,{dateStyle:`long`,timeZone:`UTC`})}percent(e){return e.toLocaleString(this.locale,{style:`percent`,maximumFractionDigits:0})}latency(e){return`${this.figure(e,+(e<10))} ms`}size(e){let t=e>=1e9?9:e>=1e6?6:3;return`${this.figure(e/10**t,+(t===9))} ${{9:`GB`,6:`MB`,3:`kB`}[t]}`}seconds(e){return`${this.figure(e/1e3,+(e<1e4))} s`}when(e,t=Date.now()){let n={hour:`numeric`,minute:`2-digit`,...this.hour12===void 0?{}:{hour12:this.hour12},...this.timeZone?{timeZone:this.timeZone}:{}},r=e=>new Date(e).toLocaleDateString(`en-CA`,this.timeZone?{timeZone:this.timeZone}:{});return r(e)===r(t)?new Date(e).toLocaleString(this.locale,n):new Date(e).toLocaleString(this.locale,{...this.date(e,t),...n})}day(e,t=Date.now()){return Math.abs(t-e)<864e5?this.when(e,t):new Date(e).toLocaleDateString(this.locale,{...this.date(e,t),...this.timeZone?{timeZone:this.timeZone}:{}})}date(e,t){return Math.abs(t-e)<5184e5?{weekday:`long`}:{day:`numeric`,month:`long`,...new Date(e).getFullYear()===new Date(t).getFullYear()?{}:{year:`numeric`}}}raw(e){return Wt(this.tree,e)??Wt(Z.en,e)}},Kt=(e,t)=>e.replace(/\{(\w+)\}/g,(e,n)=>n in t?String(t[n]):e),qt;function Jt(e){let t=e?.selectedLanguage||e?.language||`en`,n=e?.locale?.time_format,r=e?.locale?.time_zone===`server`?e.config?.time_zone:void 0,i=[t,n,r].join(`|`);return qt?.key!==i&&(qt={key:i,words:new Gt(t,n===`system`?void 0:t,n===`12`||n!==`24`&&void 0,r)}),qt.words}var Yt,Xt=3,Q=class extends P{constructor(...e){super(...e),this.config={type:`custom:hearthnet-card`},this.whole=``,this.session=new yt(1),this.unwatch=[]}static getStubConfig(){return{show_ask:!0}}static getConfigForm(){let e=()=>new Gt(document.documentElement.lang||`en`);return{schema:[{name:`title`,selector:{text:{}}},{name:`entry_id`,selector:{config_entry:{integration:`hearthnet`}}},{name:`show_ask`,default:!0,selector:{boolean:{}}}],computeLabel:t=>e().t(`panel.card.${t.name===`entry_id`?`entry`:t.name}`)}}setConfig(e){if(!e||typeof e!=`object`)throw Error(`The card needs a configuration.`);if(e.title!==void 0&&typeof e.title!=`string`)throw Error(`title must be text.`);if(e.entry_id!==void 0&&typeof e.entry_id!=`string`)throw Error(`entry_id must be text.`);if(e.show_ask!==void 0&&typeof e.show_ask!=`boolean`)throw Error(`show_ask must be true or false.`);this.config=e,this.attach()}getCardSize(){return this.config.show_ask===!1?3:5}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`,min_rows:this.config.show_ask===!1?2:4}}connectedCallback(){super.connectedCallback(),this.attach()}disconnectedCallback(){super.disconnectedCallback(),this.detach()}willUpdate(e){let t=e.get(`hass`);e.has(`hass`)&&t?.connection!==this.hass?.connection&&this.attach()}shouldUpdate(e){if(e.size!==1||!e.has(`hass`))return!0;let t=e.get(`hass`);return!t||t.connection!==this.hass.connection||t.language!==this.hass.language||t.locale!==this.hass.locale}attach(){if(!this.isConnected||!this.hass)return;let e=Ut(this.hass.connection,this.config.entry_id??``);e!==this.live&&(this.detach(),this.live=e,this.unwatch=[e.watch(()=>this.requestUpdate()),this.session.watch(()=>this.requestUpdate())])}detach(){for(let e of this.unwatch)e();this.unwatch=[],this.live=void 0}render(){return T`<ha-card><div class="hearth" data-test="card">${this.live&&this.hass?this.body(this.live.snapshot,Jt(this.hass)):D}</div></ha-card>`}body(e,t){if(e.phase===`unconfigured`)return T`<p class="calm" data-test="card-unconfigured">${t.t(`panel.card.not_configured`)}</p>`;if(e.phase===`failed`&&e.failure)return Ft(e.failure,t);if(e.phase===`loading`)return T`<p class="calm" role="status">${t.t(`panel.wait.loading`)}</p>`;let{state:n}=e,r=Pt(e),i=n?.mode.mode??`normal`,a=n?.peers.filter(e=>e.connected).length??0,o=!e.online||!e.connected,s=n?.connectivity.internet??!1;return T`<div class="head ${i} ${o?`stale`:``}">
        ${o?kt():i===`emergency`?Ot():Ct()}
        <div>
          <h2 dir="auto">${this.config.title||n?.community.name||t.t(`panel.name`)}</h2>
          ${n?T`<p class="mode" data-test="card-mode" data-mode=${i}>
                <strong>${t.t(`panel.mode.${i}`)}</strong>
                ${n.mode.since?T`<span data-test="card-since">${t.t(`panel.card.since`,{when:t.when(n.mode.since*1e3)})}</span>`:D}
              </p>`:D}
        </div>
        <button class="plain open" data-test="card-open" aria-label=${t.t(`panel.card.open`)} @click=${this.open}>${Dt()}</button>
      </div>
      ${n?T`<ul class="facts">
            <li class=${s&&!o?`lit`:``} data-test="card-connectivity" data-state=${n.connectivity.state}>
              ${t.t(s?`panel.status.internet_on`:`panel.status.internet_off`)}
            </li>
            <li class=${a&&!o?`lit`:``} data-test="card-peers" data-count=${a}>
              ${a?t.n(`panel.status.near`,a):t.t(`panel.status.alone`)}
            </li>
          </ul>`:D}
      ${r?T`<p class="banner ${r.kind}" role="status" data-test="card-banner" data-kind=${r.kind}>
            ${t.t(`panel.banner.${r.key}`,{when:r.when?t.when(r.when):``})}
          </p>`:D}
      ${this.config.show_ask===!1?D:this.asking(e,t)}`}asking(e,t){let n=this.session.latest,r=e.connected?e.online?``:`panel.ask.blocked_node`:`panel.ask.blocked_ha`;return T`${n?this.answer(n,t):D}
      <hearthnet-ask-box
        .words=${t}
        .value=${this.session.draft}
        .busy=${this.session.busy}
        .blocked=${r?t.t(r):``}
        @draft=${e=>{this.session.draft=e.detail,this.requestUpdate()}}
        @ask=${n=>this.ask(n.detail,e,t)}
        @stop=${()=>this.session.cancel()}
      ></hearthnet-ask-box>`}answer(e,t){let n=Le(e.text,1/0,G),r=this.whole===e.id?n:Le(e.text,Xt),i=e.answeredBy?.node_name;return T`<section class="answer" aria-busy=${K(e)} data-test="card-answer" data-status=${e.status}>
      <p class="q" dir="auto">${e.question}</p>
      ${r?T`<p class="a" dir="auto">${r}</p>
            ${r===n||K(e)?D:T`<button class="plain more" data-test="card-more" @click=${()=>this.whole=e.id}>${t.t(`panel.card.more`)}</button>`}`:K(e)?T`<p class="calm">${t.named(`panel.ask.step`,e.step)??``}</p>`:D}
      ${e.status===`failed`&&e.failure?T`${Ft(e.failure,t)}
            <button class="quiet" data-test="card-retry" @click=${()=>this.live&&this.ask(e.question,this.live.snapshot,t)}>
              ${Et()}${t.t(`panel.ask.retry`)}
            </button>`:D}
      ${e.status===`done`&&i?T`<p class="by" data-test="card-answered-by">${t.t(`panel.ask.answered_by`,{name:i})}</p>`:D}
      <p class="sr" role="status">${e.status===`done`?r:``}</p>
    </section>`}ask(e,t,n){this.session.draft=``,this.session.ask({connection:this.hass.connection,entryId:t.entryId,language:n.language},e)}open(){history.pushState(null,``,`/hearthnet`),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:!1}}))}};Yt=Q,Yt.styles=[At,jt,o`
      :host {
        display: block;
        block-size: 100%;
      }
      ha-card {
        display: block;
        block-size: 100%;
        overflow: hidden;
        background: var(--ha-card-background, var(--card-background-color));
        border-radius: var(--ha-card-border-radius, 12px);
      }
      .hearth {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        align-content: start;
        block-size: 100%;
        padding: 18px 20px;
        background: radial-gradient(120% 90% at 50% 118%, var(--hn-glow), transparent);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 14px;
      }
      .head > svg.icon {
        inline-size: 42px;
        block-size: 42px;
        color: var(--hn-ember);
      }
      .head.emergency > svg.icon {
        color: var(--hn-bad);
      }
      .head.stale > svg.icon {
        color: var(--hn-soft);
      }
      .head > div {
        flex: 1;
        min-inline-size: 0;
      }
      h2 {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .mode {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        color: var(--hn-soft);
        font-size: 1.05rem;
        line-height: 1.35;
      }
      .mode strong {
        font-weight: 600;
        color: var(--hn-ember-ink);
      }
      .emergency .mode strong {
        color: var(--hn-bad);
      }
      .open {
        padding-inline: 12px;
        margin-inline-end: -10px;
      }
      .open svg.icon {
        transform: rotate(-90deg);
      }
      .open:dir(rtl) svg.icon {
        transform: rotate(90deg);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 24px;
        font-size: 1.08rem;
        color: var(--hn-soft);
      }
      .facts li::before {
        content: "";
        display: inline-block;
        inline-size: 12px;
        block-size: 12px;
        margin-inline-end: 9px;
        border-radius: 4px;
        border: 2px solid var(--hn-soft);
      }
      .facts .lit {
        color: var(--hn-ink);
      }
      .facts .lit::before {
        background: var(--hn-ember);
        border-color: var(--hn-ember-ink);
      }
      .banner {
        padding: 10px 16px;
        border-radius: 14px;
        background: var(--hn-wash);
        line-height: 1.4;
      }
      .banner.emergency {
        background: var(--hn-bad);
        color: var(--card-background-color);
      }
      .calm {
        color: var(--hn-soft);
        line-height: 1.45;
        font-size: 1.08rem;
      }
      .answer {
        display: grid;
        gap: 8px;
      }
      .q {
        color: var(--hn-soft);
        line-height: 1.4;
        overflow-wrap: anywhere;
      }
      .a {
        font-family: var(--hn-serif);
        font-size: 1.28rem;
        line-height: 1.45;
        overflow-wrap: anywhere;
      }
      .more {
        justify-self: start;
        margin-inline-start: -14px;
      }
      .by {
        color: var(--hn-ember-ink);
        font-weight: 600;
      }
      hearthnet-ask-box {
        margin-block-start: auto;
      }
    `],J([F({attribute:!1})],Q.prototype,`hass`,void 0),J([I()],Q.prototype,`config`,void 0),J([I()],Q.prototype,`live`,void 0),J([I()],Q.prototype,`whole`,void 0),xt(`hearthnet-card`,Q);var $=window;if($.customCards=$.customCards??[],!$.customCards.some(e=>e.type===`hearthnet-card`)){let e=new Gt(document.documentElement.lang||navigator.language||`en`);$.customCards.push({type:`hearthnet-card`,name:e.t(`panel.card.name`),description:e.t(`panel.card.description`),preview:!0})}export{Q as HearthnetCard};