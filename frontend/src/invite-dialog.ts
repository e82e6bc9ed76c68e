/** Inviting: choose for whom, show the QR code and the text, compare six words. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Invite } from "./api-types";
import { request } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import * as icons from "./icons";
import { number, text } from "./reading";
import { common, dialogs, tokens } from "./styles";
import type { Words } from "./words";

const MAX_QR = 200_000;
const MAX_INVITE = 8_000;

/** As an image an SVG can neither run scripts nor load anything, whatever is in it. */
export const qrImage = (svgText: string): string =>
  svgText && svgText.length <= MAX_QR ? `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText)}` : "";

export class InviteDialog extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ attribute: false }) community = "";
  @property({ attribute: false }) words!: Words;
  @state() private invite: Invite | null = null;
  @state() private compare: string[] = [];
  @state() private making = false;
  @state() private copied: "" | "yes" | "no" = "";
  @state() private failure: Failure | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;
  private run = 0;

  show(): void {
    this.reset();
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const title = this.community ? words.t("panel.invite.title", { name: this.community }) : words.t("panel.invite.title_plain");
    return html`<dialog data-test="invite-dialog" aria-label=${title} @close=${this.reset}>
      <div class="sheet">
        <header>
          <h2>${title}</h2>
          <button class="plain" aria-label=${words.t("panel.invite.close")} @click=${() => this.dialog.close()}>${icons.close()}</button>
        </header>
        ${this.making
          ? html`<p role="status">${words.t("panel.invite.making")}</p>`
          : this.invite
            ? this.made(this.invite)
            : this.choices()}
        ${this.failure ? failureText(this.failure, words) : nothing}
      </div>
    </dialog>`;
  }

  private choices(): TemplateResult {
    const { words } = this;
    return html`<p class="label">${words.t("panel.invite.who")}</p>
      <div class="choices">
        <button class="choice" data-test="invite-neighbour" @click=${() => this.make(false)}>
          <strong>${words.t("panel.invite.neighbour")}</strong>${words.t("panel.invite.neighbour_text")}
        </button>
        <button class="choice" data-test="invite-own" @click=${() => this.make(true)}>
          <strong>${words.t("panel.invite.own")}</strong>${words.t("panel.invite.own_text")}
        </button>
      </div>`;
  }

  private made(invite: Invite): TemplateResult {
    const { words } = this;
    const qr = qrImage(invite.qr_svg);
    return html`<div class="made">
        ${qr ? html`<img data-test="invite-qr" src=${qr} alt=${words.t("panel.invite.qr")} width="260" height="260" />` : nothing}
        <div class="text">
          <p>${words.t("panel.invite.scan")}</p>
          <textarea class="field" readonly rows="4" data-test="invite-text" aria-label=${words.t("panel.invite.text")} .value=${invite.text}
            @focus=${(event: Event) => (event.target as HTMLTextAreaElement).select()}></textarea>
          <button class="quiet" data-test="invite-copy" @click=${this.copy}>
            ${this.copied === "yes" ? icons.check() : nothing}${words.t(this.copied === "yes" ? "panel.invite.copied" : "panel.invite.copy")}
          </button>
          <p class="hint" role="status">${this.copied === "no" ? words.t("panel.invite.copy_failed") : nothing}</p>
        </div>
      </div>
      ${this.compare.length
        ? html`<section>
            <p><strong>${words.t("panel.invite.words")}</strong></p>
            <p class="hint">${words.t("panel.invite.words_text")}</p>
            <ol class="words" data-test="invite-words">${this.compare.map((word) => html`<li>${word}</li>`)}</ol>
          </section>`
        : nothing}
      <p class="hint"><strong data-test="invite-expires">${words.t("panel.invite.expires", { when: words.when(invite.expires * 1000) })}</strong>
        ${words.t("panel.invite.secret")}</p>
      <div class="actions">
        <button class="plain" @click=${this.reset}>${words.t("panel.invite.again")}</button>
        <button class="primary" @click=${() => this.dialog.close()}>${words.t("panel.invite.close")}</button>
      </div>`;
  }

  private async make(own: boolean): Promise<void> {
    const run = ++this.run;
    this.making = true;
    this.failure = null;
    try {
      const { connection } = this.hass;
      const made = await request(connection, this.entryId, "create_invite", own ? { own } : {});
      if (run !== this.run) return;
      this.invite = { ...made, text: text(made.text, MAX_INVITE), qr_svg: text(made.qr_svg, MAX_QR + 1), expires: number(made.expires) };
      this.making = false;
      // The guest compares six words; the host reads the same ones from the same invite.
      const seen = await request(connection, this.entryId, "inspect_invite", { text: this.invite.text });
      if (run === this.run) this.compare = text(seen.words).split(/[\s-]+/).filter(Boolean).slice(0, 12);
    } catch (reason) {
      if (run === this.run && !this.invite) this.failure = toFailure(reason);
    } finally {
      if (run === this.run) this.making = false;
    }
  }

  private async copy(): Promise<void> {
    const value = this.invite?.text ?? "";
    try {
      await navigator.clipboard.writeText(value);
      this.copied = "yes";
    } catch {
      // No clipboard without HTTPS: the older way, else the person copies by hand.
      const field = this.renderRoot.querySelector<HTMLTextAreaElement>("textarea");
      field?.focus();
      field?.select();
      this.copied = document.execCommand("copy") ? "yes" : "no";
    }
  }

  private reset(): void {
    this.run += 1;
    this.invite = null;
    this.compare = [];
    this.making = false;
    this.copied = "";
    this.failure = null;
  }

  static override styles = [
    tokens,
    common,
    dialogs,
    css`
      .made {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 22px;
      }
      img {
        inline-size: 260px;
        block-size: 260px;
        border-radius: 18px;
        background: #fff; /* a code is read dark on light, whatever the theme */
      }
      .text {
        display: grid;
        gap: 12px;
        align-content: start;
        line-height: 1.45;
      }
      textarea {
        resize: none;
        font-size: 1rem;
        word-break: break-all;
      }
      .hint {
        color: var(--hn-soft);
        line-height: 1.45;
      }
      .hint:empty {
        display: none;
      }
      .words {
        margin-block-start: 12px;
      }
      @media (max-width: 600px) {
        .made {
          grid-template-columns: minmax(0, 1fr);
        }
        img {
          margin-inline: auto;
        }
      }
    `,
  ];
}

define("hearthnet-invite-dialog", InviteDialog);
