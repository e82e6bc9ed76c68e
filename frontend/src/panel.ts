/** `hearthnet-panel`: what Home Assistant puts on the page for /hearthnet. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import "./ask-view";
import "./calm-banner";
import { define } from "./define";
import "./home-view";
import type { HomeAssistant, Route, Unsubscribe } from "./ha-types";
import * as icons from "./icons";
import { type LiveState, liveStateFor } from "./live-state";
import "./mesh-view";
import { common, tokens } from "./styles";
import { wordsFor } from "./words";

const VIEWS = ["ask", "home", "mesh"] as const;
type View = (typeof VIEWS)[number];

/** The content hash this very module was loaded with. */
const LOADED = new URL(import.meta.url).searchParams.get("v") ?? "";

export class HearthnetPanel extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ type: Boolean, reflect: true }) narrow = false;
  @property({ attribute: false }) route?: Route;
  @property({ attribute: false }) panel?: { url_path?: string };
  @state() private live: LiveState | undefined;
  private unwatch: Unsubscribe | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.attach();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
    this.unwatch = undefined;
    this.live = undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (changed.has("hass") && before?.connection !== this.hass?.connection) this.attach();
  }

  private attach(): void {
    if (!this.isConnected || !this.hass) return;
    const live = liveStateFor(this.hass.connection);
    if (live === this.live) return;
    this.unwatch?.();
    this.live = live;
    this.unwatch = live.watch(() => this.requestUpdate());
  }

  /** Home Assistant replaces `hass` with every change in the house; almost none concern this page. */
  protected override shouldUpdate(changed: PropertyValues): boolean {
    if (changed.size !== 1 || !changed.has("hass")) return true;
    const before = changed.get("hass") as HomeAssistant | undefined;
    const now = this.hass;
    return (
      !before ||
      before.connection !== now.connection ||
      before.language !== now.language ||
      before.locale !== now.locale ||
      before.user !== now.user ||
      before.kioskMode !== now.kioskMode ||
      before.dockedSidebar !== now.dockedSidebar
    );
  }

  private get view(): View {
    return VIEWS.find((view) => this.route?.path.startsWith(`/${view}`)) ?? "ask";
  }

  protected override render(): TemplateResult {
    if (!this.hass || !this.live) return html``;
    const live = this.live.snapshot;
    const words = wordsFor(this.hass);
    return html`<div class="page ${live.state?.mode.mode === "emergency" ? "emergency" : ""}" data-phase=${live.phase} data-test="panel">
      ${this.header()} ${this.reloadHint()}
      <hearthnet-banner .live=${live} .words=${words}></hearthnet-banner>
      ${live.phase === "live" && (live.state || !live.online)
        ? this.view === "mesh"
          ? html`<hearthnet-mesh-view .hass=${this.hass} .live=${live} .words=${words}></hearthnet-mesh-view>`
          : this.view === "home"
            ? html`<hearthnet-home-view .hass=${this.hass} .live=${live} .words=${words}></hearthnet-home-view>`
          : html`<hearthnet-ask-view .hass=${this.hass} .live=${live} .words=${words}></hearthnet-ask-view>`
        : this.interlude()}
    </div>`;
  }

  private header(): TemplateResult {
    const words = wordsFor(this.hass);
    const live = this.live?.snapshot;
    const near = live?.state?.peers.filter((peer) => peer.connected).length ?? 0;
    const state = live?.online && live.connected ? live.state : null;
    return html`<header>
      ${this.hass.kioskMode || !(this.narrow || this.hass.dockedSidebar === "always_hidden")
        ? nothing
        : html`<button class="round menu" aria-label=${words.t("panel.menu")} @click=${this.toggleMenu}>${icons.menu()}</button>`}
      <p class="mark">${icons.flame()}<bdi>${live?.state?.community.name || words.t("panel.name")}</bdi></p>
      ${live && live.nodes.length > 1 ? this.picker(live.nodes, live.entryId) : nothing}
      <nav aria-label=${words.t("panel.tabs.label")}>
        ${VIEWS.map(
          (view) => html`<a
            href="${this.base}/${view}"
            data-test="tab-${view}"
            aria-current=${this.view === view ? "page" : "false"}
            @click=${(event: MouseEvent) => this.go(event, view)}
            >${words.t(`panel.tabs.${view}`)}</a
          >`,
        )}
      </nav>
      ${state
        ? html`<p class="status" data-test="header-status">
            <span class=${state.connectivity.internet ? "lit" : ""}
              >${words.t(state.connectivity.internet ? "panel.status.internet_on" : "panel.status.internet_off")}</span
            ><span class=${near ? "lit" : ""}>${near ? words.n("panel.status.near", near) : words.t("panel.status.alone")}</span>
          </p>`
        : html`<p class="status"></p>`}
    </header>`;
  }

  private picker(nodes: { entry_id: string; title: string }[], chosen: string): TemplateResult {
    return html`<select
      class="field picker"
      data-test="node-picker"
      aria-label=${wordsFor(this.hass).t("panel.node_picker")}
      @change=${(event: Event) => this.live?.choose((event.target as HTMLSelectElement).value)}
    >
      ${nodes.map((node) => html`<option value=${node.entry_id} ?selected=${node.entry_id === chosen}>${node.title}</option>`)}
    </select>`;
  }

  private reloadHint(): TemplateResult | typeof nothing {
    const bundle = this.live?.snapshot.bundle ?? "";
    if (!LOADED || !bundle || bundle === LOADED) return nothing;
    const words = wordsFor(this.hass);
    return html`<p class="reload" data-test="reload">
      ${words.t("panel.reload.text")}
      <button class="plain" @click=${() => location.reload()}>${words.t("panel.reload.action")}</button>
    </p>`;
  }

  private interlude(): TemplateResult {
    const words = wordsFor(this.hass);
    const live = this.live?.snapshot;
    if (live?.phase === "unconfigured") {
      const admin = this.hass.user?.is_admin;
      return html`<section class="interlude" data-test="unconfigured">
        ${icons.flame()}
        <h1>${words.t("panel.unconfigured.title")}</h1>
        <p>${words.t(admin ? "panel.unconfigured.text" : "panel.unconfigured.ask_admin")}</p>
        ${admin
          ? html`<a class="primary" href="/config/integrations/dashboard/add?domain=hearthnet" @click=${this.openIntegrations}
              >${words.t("panel.unconfigured.action")}</a
            >`
          : nothing}
      </section>`;
    }
    if (live?.phase === "failed") {
      const message = live.failure?.message;
      return html`<section class="interlude" data-test="failed" role="alert">
        ${icons.unplugged()}
        <h1>${words.t("panel.failed.title")}</h1>
        <p>${words.named("panel.error", live.failure?.code ?? "") ?? nothing}</p>
        ${message ? html`<p>${message}</p>` : nothing}
        <button class="primary" @click=${() => this.live?.renew()}>${icons.again()}${words.t("panel.failed.action")}</button>
      </section>`;
    }
    return html`<section class="interlude loading" data-test="loading" role="status">
      ${icons.flame()}
      <p>${words.t(live?.failure ? "panel.wait.starting" : "panel.wait.loading")}</p>
    </section>`;
  }

  private get base(): string {
    return this.route?.prefix || "/hearthnet";
  }

  private go(event: MouseEvent, view: View): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (view !== this.view) this.navigate(`${this.base}/${view}`);
  }

  private openIntegrations(event: MouseEvent): void {
    event.preventDefault();
    this.navigate("/config/integrations/dashboard/add?domain=hearthnet");
  }

  private navigate(path: string): void {
    history.pushState(null, "", path);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  }

  private toggleMenu(): void {
    this.dispatchEvent(new CustomEvent("hass-toggle-menu", { bubbles: true, composed: true }));
  }

  static override styles = [
    tokens,
    common,
    css`
      :host {
        display: block;
        block-size: 100vh;
        block-size: calc(100dvh - var(--safe-area-inset-top, 0px) - var(--safe-area-inset-bottom, 0px));
        max-block-size: 100%;
        overflow: hidden;
        container-type: inline-size;
        background: var(--hn-paper);
      }
      .page {
        position: relative;
        display: flex;
        flex-direction: column;
        block-size: 100%;
        background: radial-gradient(62% 44% at 50% 104%, var(--hn-glow), transparent); /* firelight from below */
      }
      .page.emergency {
        --hn-glow: var(--hn-bad-wash);
      }
      header {
        flex: none;
        display: flex;
        align-items: center;
        gap: 6px 18px;
        padding: 8px clamp(8px, 2vw, 24px);
        min-block-size: 72px;
      }
      .round {
        flex: none;
        display: grid;
        place-items: center;
        inline-size: 48px;
        border-radius: 24px;
      }
      .mark {
        display: flex;
        align-items: center;
        gap: 10px;
        min-inline-size: 0;
        font-family: var(--hn-serif);
        font-size: 1.4rem;
        white-space: nowrap;
      }
      .mark bdi {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .mark svg.icon {
        color: var(--hn-ember);
        inline-size: 32px;
        block-size: 32px;
      }
      nav {
        display: flex;
        gap: 4px;
        padding: 4px;
        border-radius: 30px;
        background: var(--hn-card);
        margin-inline: auto;
      }
      nav a {
        display: grid;
        place-items: center;
        min-block-size: 48px;
        min-inline-size: 92px;
        padding-inline: 22px;
        border-radius: 24px;
        color: var(--hn-soft);
        font-size: 1.08rem;
        font-weight: 600;
        text-decoration: none;
      }
      nav a[aria-current="page"] {
        background: var(--hn-wash);
        color: var(--hn-ember-ink);
      }
      .status {
        display: flex;
        justify-content: flex-end;
        gap: 18px;
        color: var(--hn-soft);
        white-space: nowrap;
      }
      .status span::before {
        content: "";
        display: inline-block;
        inline-size: 10px;
        block-size: 10px;
        margin-inline-end: 8px;
        border-radius: 50%;
        border: 2px solid var(--hn-soft);
      }
      .status .lit::before {
        background: var(--hn-ember);
        border-color: var(--hn-ember);
      }
      .picker {
        inline-size: auto;
        max-inline-size: 200px;
        min-block-size: 48px;
        padding-block: 8px;
      }
      .reload {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: center;
        gap: 4px 10px;
        color: var(--hn-soft);
      }
      .interlude {
        flex: 1;
        display: grid;
        align-content: center;
        justify-items: center;
        gap: 20px;
        padding: 24px;
        text-align: center;
        font-size: 1.2rem;
        line-height: 1.5;
      }
      .interlude > svg.icon {
        inline-size: 84px;
        block-size: 84px;
        color: var(--hn-ember);
      }
      .interlude h1 {
        font-family: var(--hn-serif);
        font-weight: 400;
        font-size: clamp(1.9rem, 4.5vw, 2.9rem);
        line-height: 1.15;
        text-wrap: balance;
      }
      .interlude p {
        max-inline-size: 34em;
        color: var(--hn-soft);
        text-wrap: balance;
      }
      .interlude a.primary {
        text-decoration: none;
      }
      .loading > svg.icon {
        animation: breathe 2.4s ease-in-out infinite;
      }
      @keyframes breathe {
        50% {
          opacity: 0.45;
        }
      }
      @container (min-width: 920px) {
        header {
          display: grid;
          grid-template-columns: auto 1fr auto auto 1fr;
        }
        header > nav {
          grid-column: 4;
        }
        header > .picker {
          grid-column: 3;
        }
        header > .menu {
          grid-column: 1;
        }
        header > .mark {
          grid-column: 2;
        }
        header > .status {
          grid-column: 5;
        }
        header > * {
          grid-row: 1;
        }
      }
      @container (max-width: 919px) {
        .status {
          display: none;
        }
        nav {
          margin-inline: auto 0;
        }
      }
      @media (max-width: 520px) {
        header {
          gap: 4px;
        }
        nav {
          gap: 0;
        }
        .mark bdi {
          display: none;
        }
        nav a {
          min-inline-size: 0;
          padding-inline: 8px;
          font-size: 0.97rem;
        }
        .picker {
          max-inline-size: 110px;
          padding-inline: 8px;
        }
      }
      @media (max-height: 560px) {
        header {
          min-block-size: 56px;
          padding-block: 2px;
        }
        .interlude > svg.icon {
          inline-size: 56px;
          block-size: 56px;
        }
      }
    `,
  ];
}

define("hearthnet-panel", HearthnetPanel);
