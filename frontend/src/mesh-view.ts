/** Mesh: who is near, what can be done together, what is on the board, and the one next step. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Capability, Mode, NodeState, Peer } from "./api-types";
import { request } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import * as icons from "./icons";
import "./invite-dialog";
import type { InviteDialog } from "./invite-dialog";
import "./join-dialog";
import type { JoinDialog } from "./join-dialog";
import type { Live } from "./live-state";
import { inReach } from "./reading";
import "./notice-board";
import { common, dialogs, tokens } from "./styles";
import "./village-map";
import type { Words } from "./words";

const MODES = ["normal", "drill", "emergency"] as const;

interface Offer {
  key: string;
  node: string;
  own: boolean;
  reachable: boolean;
  capability: Capability;
}

export class MeshView extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) live!: Live;
  @property({ attribute: false }) words!: Words;
  @state() private selected = "";
  @state() private working = "";
  @state() private failure: Failure | null = null;
  @query("hearthnet-invite-dialog") private inviting!: InviteDialog;
  @query("hearthnet-join-dialog") private joining!: JoinDialog;
  @query("dialog.confirm") private confirming!: HTMLDialogElement;
  @query("dialog.leaving") private leaving!: HTMLDialogElement;

  private get admin(): boolean {
    return this.live.admin && this.live.online && this.live.connected;
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    return changed.size > 0 && Boolean(this.live && this.words);
  }

  protected override updated(changed: PropertyValues): void {
    if (!(changed as Map<string, unknown>).has("selected") || !this.selected) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.renderRoot.querySelector(".details")?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }

  protected override render(): TemplateResult {
    const { state } = this.live;
    const { words } = this;
    if (!state) return html`<div class="scroll"></div>`;
    const reachable = this.live.online && this.live.connected;
    return html`<div class="scroll">
        <div class="columns ${reachable ? "" : "stale"}">
          <div class="left">
            ${this.neighbourhood(state, reachable)} ${this.abilities(state)}
          </div>
          <div class="right">
            ${this.nextStep(state)}
            <hearthnet-notices
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .notices=${state.notices}
              .translates=${inReach(state, "trans.text")}
              .me=${state.node.id}
              .reachable=${reachable}
              .words=${words}
            ></hearthnet-notices>
            ${this.condition(state)}
          </div>
        </div>
      </div>
      ${this.live.admin
        ? html`<hearthnet-invite-dialog
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .community=${state.community.name}
              .words=${words}
            ></hearthnet-invite-dialog>
            <hearthnet-join-dialog
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .leaving=${state.community.alone ? "" : state.community.name}
              .words=${words}
            ></hearthnet-join-dialog>
            ${this.confirmation()}`
        : nothing}`;
  }

  private neighbourhood(state: NodeState, reachable: boolean): TemplateResult {
    const { words } = this;
    const alone = state.peers.length === 0;
    return html`<section class="village" data-test="neighbourhood">
      <header>
        <div>
          <h1>${alone ? words.t("panel.mesh.empty_title") : words.t("panel.mesh.title")}</h1>
          <p class="soft">${alone ? words.t("panel.mesh.empty_text") : words.n("panel.mesh.members", state.community.members)}</p>
        </div>
        ${this.admin && state.next_step !== "invite" ? this.doors() : nothing}
        ${state.community.readmit.length ? this.readmit(state) : nothing}
      </header>
      <hearthnet-village
        .node=${state}
        .words=${words}
        .selected=${this.selected}
        ?stale=${!reachable}
        @choose-node=${(event: CustomEvent<string>) => (this.selected = event.detail)}
      ></hearthnet-village>
      ${this.details(state)}
    </section>`;
  }

  private doors(): TemplateResult {
    const { words } = this;
    return html`<div class="doors">
      <button class="primary" data-test="invite-open" @click=${() => this.inviting.show()}>${words.t("panel.invite.open")}</button>
      <button class="quiet" data-test="join-open" @click=${() => this.joining.show(this.live.state?.member.name ?? "")}>
        ${words.t("panel.join.open")}
      </button>
    </div>`;
  }

  /** Whose admission fell with the one who let them in: nothing they did, and an invite puts it right. */
  private readmit(state: NodeState): TemplateResult {
    const names = state.community.readmit.map((one) => one.name).join(", ");
    return html`<p class="warn" data-test="readmit">${icons.key()}<span>${this.words.t("panel.mesh.readmit", { names })}</span></p>`;
  }

  private details(state: NodeState): TemplateResult | typeof nothing {
    const { words } = this;
    const self = this.selected === state.node.id;
    const peer = state.peers.find((one) => one.node_id === this.selected);
    if (!peer && !self) return nothing;
    const name = peer?.name ?? state.node.name;
    const rows: [string, string][] = peer ? this.peerRows(peer) : [
      [words.t("panel.mesh.address"), state.node.address],
      [words.t("panel.mesh.version"), state.node.version],
      [words.t("panel.mesh.since"), state.node.started ? words.when(state.node.started * 1000) : ""],
    ];
    const offers = (peer?.capabilities ?? state.capabilities).filter(worthShowing);
    return html`<div class="details card" data-test="peer-details" role="region" aria-label=${words.t("panel.mesh.details", { name })}>
      <header>
        <h2 dir="auto">${name}</h2>
        <button class="plain" aria-label=${words.t("panel.mesh.close")} @click=${() => (this.selected = "")}>${icons.close()}</button>
      </header>
      <p class="soft">
        <bdi>${peer ? peer.member_name : state.member.name}</bdi> · ${peer
          ? peer.home
            ? words.t("panel.mesh.own_home")
            : (words.named("panel.mesh.role", peer.role) ?? words.t("panel.mesh.neighbour"))
          : words.t("panel.mesh.self")}
      </p>
      <dl>
        ${rows.filter(([, value]) => value).map(([label, value]) => html`<div><dt>${label}</dt><dd><bdi>${value}</bdi></dd></div>`)}
      </dl>
      <p class="label">${words.t("panel.mesh.offers")}</p>
      ${offers.length
        ? html`<ul class="offers">${offers.map((one) => html`<li><strong>${this.capabilityName(one.capability)}</strong> <bdi>${engine(one, words)}</bdi></li>`)}</ul>`
        : html`<p class="soft">${words.t("panel.mesh.offers_nothing")}</p>`}
    </div>`;
  }

  private peerRows(peer: Peer): [string, string][] {
    const { words } = this;
    return [
      [words.t("panel.mesh.latency"), peer.connected && peer.latency_ms !== null ? words.latency(peer.latency_ms) : ""],
      [words.t("panel.mesh.address"), peer.address],
      [words.t("panel.mesh.version"), peer.version],
      [words.t(peer.connected ? "panel.mesh.since" : "panel.mesh.last_seen"), peer.since ? words.when(peer.since * 1000) : ""],
    ];
  }

  private abilities(state: NodeState): TemplateResult {
    const { words } = this;
    const offers = new Map<string, Offer[]>();
    const add = (capability: Capability, node: string, key: string, own: boolean, reachable: boolean): void => {
      if (!worthShowing(capability)) return;
      const group = offers.get(capability.capability) ?? [];
      group.push({ key: `${key}/${capability.provider}`, node, own, reachable, capability });
      offers.set(capability.capability, group);
    };
    for (const capability of state.capabilities) add(capability, words.t("panel.ask.here_cap"), state.node.id, true, true);
    for (const peer of state.peers) for (const one of peer.capabilities) add(one, peer.name, peer.node_id, false, peer.connected);
    const groups = [...offers.entries()].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
    return html`<section class="card abilities" data-test="capabilities">
      <h2>${words.t("panel.capability.title")}</h2>
      ${groups.length === 0 ? html`<p class="soft">${words.t("panel.capability.none")}</p>` : nothing}
      <ul>
        ${groups.map(
          ([capability, group]) => html`<li data-test="capability" data-capability=${capability}>
            <p class="what">${this.capabilityName(capability)}</p>
            <ul class="who">
              ${group.slice(0, 24).map((offer) => this.offer(offer))}
            </ul>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  private offer(offer: Offer): TemplateResult {
    const { words } = this;
    const { capability } = offer;
    const lit = capability.available && offer.reachable;
    const extra = [
      engine(capability, words),
      lit ? "" : words.t(offer.reachable ? "panel.capability.unavailable" : "panel.mesh.gone"),
      lit && capability.load >= 0.05 ? words.t("panel.capability.busy", { percent: words.percent(capability.load) }) : "",
      capability.internet ? words.t("panel.capability.internet") : "",
    ].filter(Boolean);
    return html`<li class=${lit ? "lit" : ""} title=${capability.reason}>
      <bdi class="node">${offer.node}</bdi>${extra.length ? html`<bdi class="engine">${extra.join(", ")}</bdi>` : nothing}
    </li>`;
  }

  private capabilityName(capability: string): string {
    return this.words.named("panel.capability.names", capability) ?? capability;
  }

  private nextStep(state: NodeState): TemplateResult | typeof nothing {
    const { words } = this;
    const step = state.next_step;
    if (step === "none" || !this.live.online) return nothing;
    const key = { invite: "invite", choose_privacy: "privacy", add_model: "model", check_network: "network" }[step];
    const needsAdmin = step === "invite" || step === "choose_privacy";
    return html`<section class="step" data-test="next-step" data-step=${step}>
      <p class="label">${words.t("panel.step.title")}</p>
      <h2>${words.t(`panel.step.${key}_title`)}</h2>
      <p>${words.t(`panel.step.${key}_text`)}</p>
      ${needsAdmin && !this.admin ? html`<p class="soft">${words.t("panel.step.ask_admin")}</p>` : nothing}
      ${step === "add_model" && state.engines.length
        ? html`<ul class="engines" data-test="engines">
            ${state.engines.map((one) => html`<li><strong>${one.name}</strong> <bdi>${one.url}</bdi> <span dir="auto">${one.reason}</span></li>`)}
          </ul>`
        : nothing}
      ${step === "invite" && this.admin ? this.doors() : nothing}
      ${step === "choose_privacy" && this.admin ? this.privacyChoice("") : nothing}
    </section>`;
  }

  private privacyChoice(current: string): TemplateResult {
    const { words } = this;
    return html`<div class="choices">
      ${(["home", "community"] as const).map(
        (privacy) => html`<button
          class="choice ${current === privacy ? "on" : ""}"
          data-test="privacy-${privacy}"
          aria-pressed=${current === privacy}
          ?disabled=${this.working !== ""}
          @click=${() => this.change("privacy", () => request(this.hass.connection, this.live.entryId, "set_privacy", { privacy }))}
        >
          <strong>${words.t(`panel.step.privacy_${privacy}`)}</strong>${words.t(`panel.step.privacy_${privacy}_text`)}
        </button>`,
      )}
    </div>`;
  }

  private condition(state: NodeState): TemplateResult {
    const { words } = this;
    const { connectivity, mode } = state;
    const sign = (lit: boolean, label: string): TemplateResult => html`<li class=${lit ? "lit" : ""}>
      <strong>${label}</strong><span>${words.t(lit ? "panel.connectivity.yes" : "panel.connectivity.no")}</span>
    </li>`;
    return html`<section class="card condition" data-test="condition">
      <h2>${words.t("panel.connectivity.title")}</h2>
      <p data-test="connectivity" data-state=${connectivity.state}>
        ${words.t(`panel.connectivity.${connectivity.state}`)}
        ${connectivity.since ? html`<span class="soft">${words.t("panel.mode.since", { when: words.when(connectivity.since * 1000) })}</span>` : nothing}
      </p>
      <ul class="signs">
        ${sign(connectivity.internet, words.t("panel.connectivity.internet"))}
        ${sign(connectivity.mesh, words.t("panel.connectivity.mesh"))}
      </ul>
      ${state.node.warnings.map(
        (code) => html`<p class="warn">${icons.warning()}<span>${words.named("panel.warnings", code) ?? words.t("panel.warnings.other", { code })}</span></p>`,
      )}
      <h2>${words.t("panel.mode.title")}</h2>
      <p data-test="mode" data-mode=${mode.mode}>
        <strong>${words.t(`panel.mode.${mode.mode}`)}</strong>
        ${mode.since ? html`<span class="soft">${words.t("panel.mode.since", { when: words.when(mode.since * 1000) })}</span>` : nothing}
        ${mode.reason ? html`<span class="soft" dir="auto">${words.t("panel.mode.reason", { reason: mode.reason })}</span>` : nothing}
      </p>
      ${this.admin
        ? html`<div class="modes">
            ${MODES.map(
              (one) => html`<button
                class=${one}
                data-test="mode-${one}"
                aria-pressed=${mode.mode === one}
                ?disabled=${this.working !== ""}
                @click=${() => this.wantMode(one, mode.mode)}
              >
                ${words.t(`panel.mode.${one}`)}
              </button>`,
            )}
          </div>`
        : nothing}
      ${this.admin && state.privacy_chosen
        ? html`<h2>${words.t("panel.privacy_setting.title")}</h2>
            ${this.privacyChoice(state.privacy)}`
        : nothing}
      ${this.failure ? failureText(this.failure, words) : nothing}
      ${this.admin && !state.community.alone
        ? html`<button class="plain bad leave" data-test="leave-open" @click=${() => this.leaving.showModal()}>
            ${words.t("panel.leave.open", { name: state.community.name })}
          </button>`
        : nothing}
      ${this.live.admin ? nothing : html`<p class="soft" data-test="guest">${words.t("panel.mesh.guest")}</p>`}
    </section>`;
  }

  private confirmation(): TemplateResult {
    const { words } = this;
    return html`<dialog class="confirm" data-test="mode-confirm" aria-label=${words.t("panel.mode.confirm_title")}>
      <div class="sheet">
        <h2>${words.t("panel.mode.confirm_title")}</h2>
        <p>${words.t("panel.mode.confirm_text")}</p>
        <div class="actions">
          <button class="quiet" @click=${() => this.confirming.close()}>${words.t("panel.mode.cancel")}</button>
          <button
            class="primary danger"
            data-test="mode-confirm-yes"
            @click=${() => {
              this.confirming.close();
              this.setMode("emergency");
            }}
          >
            ${words.t("panel.mode.confirm")}
          </button>
        </div>
      </div>
    </dialog>
    <dialog class="leaving" data-test="leave-confirm" aria-label=${words.t("panel.leave.title", { name: this.live.state?.community.name ?? "" })}>
      <div class="sheet">
        <h2>${words.t("panel.leave.title", { name: this.live.state?.community.name ?? "" })}</h2>
        <p>${words.t("panel.leave.text")}</p>
        <div class="actions">
          <button class="quiet" @click=${() => this.leaving.close()}>${words.t("panel.leave.cancel")}</button>
          <button
            class="primary danger"
            data-test="leave-confirm-yes"
            @click=${() => {
              this.leaving.close();
              void this.change("leave", () => request(this.hass.connection, this.live.entryId, "leave", {}));
            }}
          >
            ${words.t("panel.leave.confirm")}
          </button>
        </div>
      </div>
    </dialog>`;
  }

  private wantMode(mode: Mode, current: Mode): void {
    if (mode === current) return;
    if (mode === "emergency") this.confirming.showModal();
    else this.setMode(mode);
  }

  private setMode(mode: Mode): void {
    void this.change("mode", () => request(this.hass.connection, this.live.entryId, "set_mode", { mode }));
  }

  private async change(what: string, act: () => Promise<unknown>): Promise<void> {
    if (this.working) return;
    this.working = what;
    this.failure = null;
    try {
      await act();
    } catch (reason) {
      this.failure = toFailure(reason);
    } finally {
      this.working = "";
    }
  }

  static override styles = [
    tokens,
    common,
    dialogs,
    css`
      :host {
        display: flex;
        flex-direction: column;
        flex: 1;
        min-block-size: 0;
        container-type: inline-size;
      }
      .scroll {
        flex: 1;
        min-block-size: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 12px clamp(12px, 3vw, 40px) 32px;
      }
      .columns {
        display: flex;
        flex-direction: column;
        gap: 20px;
        max-inline-size: 1400px;
        margin-inline: auto;
      }
      .left,
      .right {
        display: contents;
      }
      .stale .abilities,
      .stale .condition {
        opacity: 0.6;
      }
      .step {
        order: 1;
      }
      .village {
        order: 2;
      }
      hearthnet-notices {
        order: 3;
      }
      .abilities {
        order: 4;
      }
      .condition {
        order: 5;
      }
      @container (min-width: 920px) {
        .columns {
          display: grid;
          grid-template-columns: minmax(0, 1.6fr) minmax(340px, 1fr);
          gap: 28px;
          align-items: start;
        }
        .left,
        .right {
          display: grid;
          gap: 20px;
          min-inline-size: 0;
        }
      }
      .village > header,
      .details > header {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: center;
        gap: 12px 24px;
      }
      h1 {
        font-family: var(--hn-serif);
        font-weight: 400;
        font-size: clamp(1.7rem, 2.8vw, 2.2rem);
        line-height: 1.15;
        letter-spacing: -0.015em;
      }
      .soft {
        color: var(--hn-soft);
        line-height: 1.45;
        font-size: 1.08rem;
      }
      .doors {
        display: flex;
        flex-wrap: wrap;
        gap: 10px;
      }
      .step {
        display: grid;
        gap: 10px;
        padding: 24px;
        border-radius: var(--hn-radius);
        background: var(--hn-wash);
        font-size: 1.1rem;
        line-height: 1.45;
      }
      .step h2 {
        font-size: 1.65rem;
      }
      .step .doors,
      .step .choices {
        margin-block-start: 6px;
      }
      .step .quiet,
      .step .choice {
        background: var(--hn-card);
      }
      .choice {
        border: 2px solid transparent;
      }
      .choice.on {
        border-color: var(--hn-ember);
      }
      .condition .choice {
        padding: 14px 18px;
      }
      .condition .choices {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 180px), 1fr));
      }
      .details {
        display: grid;
        gap: 10px;
        margin-block-start: 12px;
      }
      .details h2 {
        overflow-wrap: anywhere;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 10px 32px;
      }
      dt {
        color: var(--hn-soft);
        font-size: 0.95rem;
      }
      dd {
        font-size: 1.12rem;
        overflow-wrap: anywhere;
      }
      .offers {
        display: grid;
        gap: 6px;
        font-size: 1.08rem;
        line-height: 1.4;
        overflow-wrap: anywhere;
      }
      .offers strong {
        font-weight: 600;
      }
      .offers bdi {
        color: var(--hn-soft);
      }
      .abilities > ul {
        display: grid;
      }
      .abilities > ul > li {
        display: grid;
        grid-template-columns: minmax(140px, 0.5fr) minmax(0, 1fr);
        gap: 8px 20px;
        padding-block: 14px;
        align-items: baseline;
      }
      .abilities > ul > li + li {
        border-block-start: 1px solid var(--hn-line);
      }
      .what {
        font-size: 1.12rem;
        font-weight: 600;
      }
      .who {
        display: grid;
        gap: 8px;
      }
      .who li {
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
        align-items: baseline;
        font-size: 1.08rem;
        line-height: 1.4;
        color: var(--hn-soft);
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      .who li::before,
      .signs li::before {
        content: "";
        align-self: center;
        inline-size: 13px;
        block-size: 13px;
        border-radius: 4px;
        border: 2px solid var(--hn-soft);
        flex: none;
      }
      .who .lit::before,
      .signs .lit::before {
        background: var(--hn-ember);
        border-color: var(--hn-ember-ink);
      }
      .who .lit .node {
        color: var(--hn-ink);
      }
      .engine {
        min-inline-size: 0;
      }
      .condition {
        display: grid;
        gap: 10px;
        font-size: 1.1rem;
        line-height: 1.45;
      }
      .condition h2:not(:first-child) {
        margin-block-start: 14px;
      }
      .condition p span {
        display: block;
      }
      .signs {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 28px;
      }
      .signs li {
        display: flex;
        gap: 10px;
      }
      .signs strong {
        font-weight: 600;
      }
      .signs span {
        color: var(--hn-soft);
      }
      .leave {
        justify-self: start;
        margin-inline-start: -14px;
        margin-block-start: 8px;
        color: var(--hn-bad);
      }
      .engines {
        display: grid;
        gap: 4px;
        font-size: 1rem;
      }
      .engines bdi,
      .engines span {
        color: var(--hn-soft);
        overflow-wrap: anywhere;
      }
      .village > header .warn {
        flex-basis: 100%;
      }
      .warn {
        font-size: 1.08rem;
        line-height: 1.45;
        display: flex;
        gap: 12px;
        color: var(--hn-ember-ink);
      }
      .warn span {
        color: var(--hn-ink);
      }
      .modes {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 4px;
        padding: 4px;
        border-radius: 30px;
        background: var(--hn-wash);
      }
      .modes button {
        min-block-size: 52px;
        border-radius: 26px;
        text-align: center;
        font-weight: 600;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .modes button[aria-pressed="true"] {
        background: var(--hn-card);
        color: var(--hn-ember-ink);
      }
      .modes .emergency[aria-pressed="true"] {
        background: var(--hn-bad);
        color: var(--card-background-color);
      }
      @media (max-width: 520px) {
        .abilities > ul > li {
          grid-template-columns: minmax(0, 1fr);
        }
        .card,
        .step {
          padding: 20px;
        }
        .doors > * {
          flex: 1 1 auto;
          padding-inline: 16px;
        }
      }
    `,
  ];
}

/** Serves the search of other nodes; nothing a person asks for. */
const PLUMBING = new Set(["rag.ingest", "rag.list_corpora", "rag.list_documents", "rag.fetch", "llm.complete", "experimental.moe.route"]);

/** One line for each thing a person would ask for: not a second version of it, and nothing that only could be installed. */
const worthShowing = (one: Capability): boolean =>
  !PLUMBING.has(one.capability) &&
  !(one.capability === "llm.chat" && !one.version.startsWith("1.")) &&
  (one.available || one.capability === "llm.chat" || one.capability === "rag.query");
const ORDER = ["llm.chat", "rag.query", "stt.transcribe", "tts.synthesize", "trans.text"];

function rank(capability: string): number {
  const at = ORDER.indexOf(capability);
  return at < 0 ? ORDER.length : at;
}

function engine(capability: Capability, words: Words): string {
  return words.engine(capability.provider, ...capability.models.slice(0, 2));
}

define("hearthnet-mesh-view", MeshView);
