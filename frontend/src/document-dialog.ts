/** A document of the library, open where a citation points. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import { request } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import { type Piece, readPieces } from "./home-types";
import * as icons from "./icons";
import { common, dialogs, tokens } from "./styles";
import type { Words } from "./words";

const PIECES = 20;

export class DocumentDialog extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ attribute: false }) words!: Words;
  @state() private heading = "";
  @state() private pieces: Piece[] = [];
  @state() private more = false;
  @state() private busy = false;
  @state() private failure: Failure | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;
  private documentId = "";
  private run = 0;

  /** Opens at a passage, or at the beginning. */
  async show(documentId: string, title: string, chunkId = 0): Promise<void> {
    this.documentId = documentId;
    this.heading = title;
    this.pieces = [];
    this.dialog.showModal();
    await this.load(chunkId);
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<dialog data-test="document-dialog" aria-label=${this.heading} @close=${this.closed}>
      <div class="sheet">
        <header>
          <h2><bdi>${this.heading}</bdi></h2>
          <button class="plain" aria-label=${words.t("panel.document.close")} @click=${() => this.dialog.close()}>${icons.close()}</button>
        </header>
        ${this.pieces.map(
          (piece, n) => html`<section data-test="piece">
            ${piece.heading !== this.pieces[n - 1]?.heading && piece.heading !== this.heading ? html`<h3><bdi>${piece.heading}</bdi></h3>` : nothing}
            ${piece.page && piece.page !== this.pieces[n - 1]?.page
              ? html`<p class="page">${words.t("panel.document.page", { page: piece.page })}</p>`
              : nothing}
            <p class="text" dir="auto">${piece.text}</p>
          </section>`,
        )}
        ${this.busy ? html`<p role="status">${words.t("panel.document.loading")}</p>` : nothing}
        ${this.failure ? failureText(this.failure, words) : nothing}
        ${this.more && !this.busy
          ? html`<button class="quiet" data-test="document-more" @click=${() => this.load((this.pieces[this.pieces.length - 1]?.chunk_id ?? 0) + 1)}>
              ${words.t("panel.document.more")}
            </button>`
          : nothing}
      </div>
    </dialog>`;
  }

  private async load(from: number): Promise<void> {
    const run = ++this.run;
    this.busy = true;
    this.failure = null;
    try {
      const at = from ? { chunk_id: from } : {};
      const read = readPieces(await request(this.hass.connection, this.entryId, "document", { document_id: this.documentId, limit: PIECES, ...at }));
      if (run !== this.run) return;
      this.heading = read.title || this.heading;
      this.pieces = [...this.pieces, ...read.pieces];
      this.more = read.more && read.pieces.length > 0;
    } catch (reason) {
      if (run === this.run) this.failure = toFailure(reason);
    } finally {
      if (run === this.run) this.busy = false;
    }
  }

  private readonly closed = (): void => {
    this.run += 1;
    this.pieces = [];
    this.more = false;
  };

  static override styles = [
    tokens,
    common,
    dialogs,
    css`
      h3 {
        font-size: 1.1rem;
      }
      .page {
        color: var(--hn-soft);
        font-size: 0.95rem;
      }
      .text {
        font-family: var(--hn-serif);
        font-size: 1.12rem;
        line-height: 1.55;
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
      section {
        display: grid;
        gap: 8px;
      }
    `,
  ];
}

define("hearthnet-document", DocumentDialog);
