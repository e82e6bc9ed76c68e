/** The neighbourhood as a village: a house a household, a window a node, lit while it is connected. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing, svg } from "lit";
import { property, state } from "lit/decorators.js";
import type { NodeState } from "./api-types";
import { define } from "./define";
import { FLAME } from "./icons";
import { common, tokens } from "./styles";
import { CELL, type House, LABEL, type Path, ROOF, MAX_NAME, type Village, type Window, layoutVillage } from "./village-layout";
import type { Words } from "./words";

const GLASS = 30;

export class VillageMap extends LitElement {
  @property({ attribute: false }) node!: NodeState;
  @property({ attribute: false }) words!: Words;
  @property({ attribute: false }) selected = "";
  /** The last known state of a node that is not reachable. */
  @property({ type: Boolean, reflect: true }) stale = false;
  @state() private space = 0;
  private readonly resize = new ResizeObserver(([entry]) => {
    const space = Math.floor(entry?.contentRect.width ?? 0);
    if (Math.abs(space - this.space) > 4) this.space = space;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resize.disconnect();
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    return changed.size > 0 && Boolean(this.node);
  }

  protected override render(): TemplateResult {
    if (this.space < 200) return html``;
    const { node, words } = this;
    const village = layoutVillage(
      { node_id: node.node.id, name: node.node.name, member_name: node.member.name },
      node.peers,
      this.space,
    );
    return html`<svg
        width=${village.width}
        height=${village.height}
        viewBox="0 0 ${village.width} ${village.height}"
        role="group"
        aria-label=${words.t("panel.mesh.map")}
        data-test="village"
      >
        <defs>
          <radialGradient id="fire">
            <stop offset="0" class="fire-in"></stop>
            <stop offset="1" class="fire-out"></stop>
          </radialGradient>
        </defs>
        ${this.ground(village)}
        ${[...village.paths].sort((a, b) => Number(a.connected) - Number(b.connected)).map((path) => this.path(path))}
        ${village.houses.map((house, index) => this.house(house, village.paths[index - 1]))}
      </svg>
      ${village.hidden ? html`<p class="hidden">${words.n("panel.mesh.hidden", village.hidden)}</p>` : nothing}`;
  }

  private ground(village: Village): TemplateResult {
    const home = village.houses[0];
    const reach = Math.min(260, village.width / 2);
    return svg`<circle class="firelight" cx=${home?.x ?? 0} cy=${home?.y ?? 0} r=${reach} fill="url(#fire)"></circle>`;
  }

  private path(path: Path): TemplateResult {
    const at = path.label;
    const label = at && path.connected && path.latency !== null ? this.words.latency(path.latency) : "";
    const wide = label.length * 8.5 + 18;
    return svg`<g class="path ${path.connected ? "on" : ""}" data-test="edge" data-key=${path.key}>
      <path d=${path.d}></path>
      ${
        at && label
          ? svg`<rect x=${at.x - wide / 2} y=${at.y - 14} width=${wide} height="28" rx="14"></rect>
            <text x=${at.x} y=${at.y} dy="0.35em">${label}</text>`
          : nothing
      }
    </g>`;
  }

  private house(house: House, path: Path | undefined): TemplateResult {
    const { words } = this;
    const halfWide = house.width / 2;
    const halfHigh = house.height / 2;
    const eaves = -halfHigh + ROOF;
    const label = shorten(house.name, house.own ? 22 : MAX_NAME);
    const nodes = house.nodes > 1 ? words.n("panel.mesh.nodes", house.nodes) : "";
    const far = path && !path.label && house.latency !== null ? words.latency(house.latency) : "";
    const under = house.own
      ? nodes || words.t("panel.mesh.self")
      : house.connected
        ? [nodes, far].filter(Boolean).join(" · ")
        : words.t("panel.mesh.gone");
    return svg`<g
      class="house ${house.own ? "own" : ""} ${house.connected ? "" : "dark"}"
      transform="translate(${house.x} ${house.y})"
      data-test="house"
      data-key=${house.key}
    >
      ${house.own ? svg`<path class="smoke" d="M${halfWide - 24} ${eaves - 32} q-6 -8 0 -15 t0 -15"></path>` : nothing}
      <g class="building">
      <path class="chimney" d="M${halfWide - 31} ${eaves - 26} h14 v${26} h-14 z"></path>
      <path class="wall" d="M${-halfWide + 6} ${eaves - 4} H${halfWide - 6} V${halfHigh} H${-halfWide + 6} Z"></path>
      <path class="roof" d="M${-halfWide - 4} ${eaves} L0 ${-halfHigh + 4} L${halfWide + 4} ${eaves} Z"></path>
      </g>
      <path class="step" d="M${-halfWide - 10} ${halfHigh} H${halfWide + 10}"></path>
      ${house.windows.map((window) => this.window(window))}
      <text class="name" y=${halfHigh + 24}>${label}</text>
      ${under || house.more ? svg`<text class="under" y=${halfHigh + LABEL - 8}>${house.more ? `${under} (+${house.more})` : under}</text>` : nothing}
    </g>`;
  }

  private window(window: Window): TemplateResult {
    const { words } = this;
    const peer = this.node.peers.find((one) => one.node_id === window.nodeId);
    const latency = peer?.latency_ms ?? null;
    const state = window.self
      ? words.t("panel.mesh.self")
      : !window.connected
        ? words.t("panel.mesh.gone")
        : latency === null
          ? words.t("panel.mesh.connected")
          : words.t("panel.mesh.connected_ms", { ms: words.latency(latency) });
    const half = GLASS / 2;
    const chosen = this.selected === window.nodeId;
    return svg`<g
      class="window ${window.connected ? "lit" : ""} ${chosen ? "chosen" : ""}"
      transform="translate(${window.x} ${window.y})"
      role="button"
      tabindex="0"
      aria-pressed=${chosen}
      aria-label=${words.t("panel.mesh.house", { name: window.name, state })}
      data-test=${window.self ? "self-node" : "peer-node"}
      data-node-id=${window.nodeId}
      data-connected=${window.connected}
      @click=${() => this.choose(window.nodeId)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        this.choose(window.nodeId);
      }}
    >
      <rect class="touch" x=${-CELL / 2} y=${-CELL / 2} width=${CELL} height=${CELL} rx="10"></rect>
      ${
        window.self
          ? svg`<path class="arch" d="M${-half} ${half + 4} V${-2} a${half} ${half} 0 0 1 ${GLASS} 0 V${half + 4} Z"></path>
            <path class="flame" transform="translate(-12.5 -10) scale(1.05)" d=${FLAME}></path>`
          : svg`<rect class="glass" x=${-half} y=${-half} width=${GLASS} height=${GLASS} rx="5"></rect>
            <path class="bars" d="M0 ${-half} V${half} M${-half} 0 H${half}"></path>`
      }
    </g>`;
  }

  private choose(nodeId: string): void {
    this.dispatchEvent(new CustomEvent("choose-node", { detail: this.selected === nodeId ? "" : nodeId }));
  }

  static override styles = [
    tokens,
    common,
    css`
      :host {
        display: block;
        min-block-size: 220px;
      }
      svg {
        display: block;
        margin-inline: auto;
        overflow: visible;
        direction: ltr;
      }
      :host,
      svg {
        pointer-events: none; /* the firelight reaches over its neighbours on the page */
      }
      :host([stale]) svg {
        opacity: 0.6;
      }
      .fire-in {
        stop-color: var(--hn-ember);
        stop-opacity: 0.22;
      }
      .fire-out {
        stop-color: var(--hn-ember);
        stop-opacity: 0;
      }
      text {
        text-anchor: middle;
        fill: var(--hn-ink);
        font-family: var(--hn-sans);
        font-size: 15px;
      }
      .name {
        font-family: var(--hn-serif);
        font-size: 19px;
      }
      .own .name {
        font-size: 22px;
      }
      .under {
        fill: var(--hn-soft);
        font-size: 15.5px;
      }
      .path path {
        fill: none;
        stroke: var(--hn-soft);
        stroke-opacity: 0.45;
        stroke-width: 3;
        stroke-linecap: round;
        stroke-dasharray: 1 10;
      }
      .path.on path {
        stroke: var(--hn-ember);
        stroke-opacity: 0.9;
        stroke-width: 4;
        stroke-dasharray: 2 9;
      }
      .path rect {
        fill: var(--hn-card);
      }
      .path text {
        font-variant-numeric: tabular-nums;
        font-weight: 600;
      }
      .wall {
        fill: var(--hn-card);
        stroke: var(--hn-soft);
        stroke-width: 2.5;
        stroke-linejoin: round;
      }
      .roof,
      .chimney {
        fill: var(--hn-soft);
        stroke: var(--hn-soft);
        stroke-width: 5;
        stroke-linejoin: round;
      }
      .own .roof,
      .own .chimney {
        fill: var(--hn-ember-ink);
        stroke: var(--hn-ember-ink);
      }
      .own .wall {
        stroke: var(--hn-ember-ink);
      }
      .step {
        stroke: var(--hn-soft);
        stroke-opacity: 0.5;
        stroke-width: 3;
        stroke-linecap: round;
      }
      .dark .building {
        opacity: 0.42;
      }
      .dark .name {
        fill: var(--hn-soft);
      }
      .smoke {
        fill: none;
        stroke: var(--hn-soft);
        stroke-opacity: 0.5;
        stroke-width: 4;
        stroke-linecap: round;
      }
      .window {
        pointer-events: auto;
        cursor: pointer;
      }
      .touch {
        fill: transparent;
      }
      .window:focus {
        outline: none;
      }
      .window:focus-visible .touch,
      .window.chosen .touch {
        stroke: var(--hn-ember-ink);
        stroke-width: 3;
      }
      .glass {
        fill: var(--hn-wash);
        stroke: var(--hn-soft);
        stroke-width: 2.5;
      }
      .bars {
        stroke: var(--hn-soft);
        stroke-width: 2;
        fill: none;
      }
      .window.lit .glass {
        fill: var(--hn-ember);
        stroke: var(--hn-ember-ink);
      }
      .window.lit .bars {
        stroke: var(--hn-ember-ink);
      }
      .window:not(.lit) .glass {
        stroke-opacity: 0.6;
      }
      .arch {
        fill: var(--hn-wash);
        stroke: var(--hn-ember-ink);
        stroke-width: 2.5;
      }
      .flame {
        fill: var(--hn-ember);
      }
      .hidden {
        text-align: center;
        color: var(--hn-soft);
        font-size: 1.05rem;
      }
    `,
  ];
}

function shorten(name: string, limit: number): string {
  const letters = Array.from(name);
  return letters.length > limit ? `${letters.slice(0, limit - 1).join("")}…` : name;
}

define("hearthnet-village", VillageMap);
