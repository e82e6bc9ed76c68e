/** Joining: paste, look, compare six words with the person who invited, only then join. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { InspectedInvite } from "./api-types";
import { request } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import * as icons from "./icons";
import { number, text } from "./reading";
import { common, dialogs, tokens } from "./styles";
import type { Words } from "./words";

const MAX_INVITE = 8_000;

type Stage = "paste" | "inspecting" | "compare" | "differ" | "joining" | "done";

export class JoinDialog extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  /** The community that would be left, empty when this home is alone. */
  @property({ attribute: false }) leaving = "";
  @property({ attribute: false }) words!: Words;
  @state() private stage: Stage = "paste";
  @state() private pasted = "";
  @state() private household = "";
  @state() private seen: InspectedInvite | null = null;
  @state() private joined = "";
  @state() private failure: Failure | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;
  private run = 0;

  show(household: string): void {
    this.reset();
    this.household = household;
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<dialog data-test="join-dialog" aria-label=${words.t("panel.join.title")} @close=${this.reset}>
      <div class="sheet">
        <header>
          <h2>${words.t("panel.join.title")}</h2>
          <button class="plain" aria-label=${words.t("panel.join.close")} @click=${() => this.dialog.close()}>${icons.close()}</button>
        </header>
        ${this.body()} ${this.failure ? failureText(this.failure, words) : nothing}
      </div>
    </dialog>`;
  }

  private body(): TemplateResult {
    const { words } = this;
    switch (this.stage) {
      case "inspecting":
        return html`<p role="status">${words.t("panel.join.inspecting")}</p>`;
      case "compare":
        return this.comparing();
      case "differ":
        return html`<p class="failure" role="alert" data-test="join-differ">${words.t("panel.join.differ_text")}</p>
          <div class="actions">
            <button class="primary" @click=${() => this.dialog.close()}>${words.t("panel.join.close")}</button>
          </div>`;
      case "joining":
        return html`<p role="status" data-test="join-progress">${words.t("panel.join.joining")}</p>`;
      case "done":
        return html`<p class="done" role="status" data-test="join-done">${icons.check()}${words.t("panel.join.done", { name: this.joined })}</p>
          <div class="actions">
            <button class="primary" @click=${() => this.dialog.close()}>${words.t("panel.join.close")}</button>
          </div>`;
      default:
        return html`<label class="stack"
            ><span class="label">${words.t("panel.join.paste")}</span>
            <textarea
              class="field"
              rows="5"
              data-test="join-text"
              autocomplete="off"
              spellcheck="false"
              maxlength=${MAX_INVITE}
              placeholder=${words.t("panel.join.placeholder")}
              .value=${this.pasted}
              @input=${(event: Event) => (this.pasted = (event.target as HTMLTextAreaElement).value)}
            ></textarea
          ></label>
          <div class="actions">
            <button class="primary" data-test="join-inspect" ?disabled=${!this.pasted.trim()} @click=${this.inspect}>
              ${words.t("panel.join.inspect")}
            </button>
          </div>`;
    }
  }

  private comparing(): TemplateResult {
    const { words, seen } = this;
    const list = (seen?.words ?? "").split(/[\s-]+/).filter(Boolean).slice(0, 12);
    return html`<p class="ask"><strong>${words.t("panel.join.compare")}</strong>${words.t("panel.join.compare_text")}</p>
      <ol class="words" data-test="join-words">${list.map((word) => html`<li>${word}</li>`)}</ol>
      <dl>
        <dt>${words.t("panel.join.community")}</dt>
        <dd><bdi>${seen?.community_short}</bdi></dd>
        <dt>${words.t("panel.join.node")}</dt>
        <dd><bdi>${seen?.node_short}</bdi></dd>
        <dt>${words.t("panel.join.expires")}</dt>
        <dd>${seen ? words.when(seen.expires * 1000) : nothing}</dd>
      </dl>
      <label class="stack"
        ><span class="label">${words.t("panel.join.name")}</span>
        <input
          class="field"
          data-test="join-name"
          maxlength="64"
          .value=${this.household}
          @input=${(event: Event) => (this.household = (event.target as HTMLInputElement).value)}
      /></label>
      ${seen?.own ? html`<p class="failure" role="alert" data-test="join-own">${words.t("panel.join.own")}</p>` : nothing}
      ${this.leaving ? html`<p>${words.t("panel.join.replaces", { name: this.leaving })}</p>` : nothing}
      <div class="actions">
        <button class="quiet bad" data-test="join-refuse" @click=${() => (this.stage = "differ")}>${words.t("panel.join.differ")}</button>
        <button class="primary" data-test="join-confirm" ?disabled=${list.length === 0} @click=${this.join}>${words.t("panel.join.match")}</button>
      </div>`;
  }

  private async inspect(): Promise<void> {
    const run = ++this.run;
    this.stage = "inspecting";
    this.failure = null;
    try {
      const seen = await request(this.hass.connection, this.entryId, "inspect_invite", { text: this.pasted.trim() });
      if (run !== this.run) return;
      this.seen = {
        community_id: text(seen.community_id),
        community_short: text(seen.community_short),
        node_id: text(seen.node_id),
        node_short: text(seen.node_short),
        addresses: [],
        expires: number(seen.expires),
        words: text(seen.words),
        own: seen.own === true,
      };
      this.stage = "compare";
    } catch (reason) {
      if (run !== this.run) return;
      this.failure = toFailure(reason);
      this.stage = "paste";
    }
  }

  private async join(): Promise<void> {
    const run = ++this.run;
    this.stage = "joining";
    this.failure = null;
    const name = this.household.trim();
    try {
      const done = await request(this.hass.connection, this.entryId, "join", {
        text: this.pasted.trim(),
        ...(name ? { name } : {}),
        ...(this.seen?.own ? { own: true } : {}),
      });
      if (run !== this.run) return;
      this.joined = text(done.community?.name) || text(done.community?.short);
      this.pasted = "";
      this.stage = "done";
    } catch (reason) {
      if (run !== this.run) return;
      this.failure = toFailure(reason);
      this.stage = "compare";
    }
  }

  private reset(): void {
    this.run += 1;
    this.stage = "paste";
    this.pasted = "";
    this.seen = null;
    this.joined = "";
    this.failure = null;
  }

  static override styles = [
    tokens,
    common,
    dialogs,
    css`
      .stack {
        display: grid;
        gap: 8px;
      }
      textarea {
        resize: vertical;
        font-size: 1rem;
        word-break: break-all;
      }
      .ask {
        line-height: 1.5;
      }
      .ask strong {
        display: block;
        font-family: var(--hn-serif);
        font-weight: 500;
        font-size: 1.3rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 6px 18px;
        line-height: 1.4;
      }
      dt {
        color: var(--hn-soft);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .done {
        display: flex;
        align-items: center;
        gap: 12px;
        font-family: var(--hn-serif);
        font-size: 1.5rem;
        overflow-wrap: anywhere;
      }
      .done .icon {
        color: var(--hn-ember-ink);
      }
    `,
  ];
}

define("hearthnet-join-dialog", JoinDialog);
