/** A document of the library, open where a citation points; its picture, and others like it; data taken out of it. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import { request } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import { type FoundPicture, type Piece, readPieces } from "./home-types";
import * as icons from "./icons";
import "./picture-finder";
import { common, dialogs, tokens } from "./styles";
import "./take-data";
import type { Place } from "./taking";
import type { Words } from "./words";

const PIECES = 20;

export class DocumentDialog extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ attribute: false }) words!: Words;
  @property({ type: Boolean }) reachable = false;
  @property({ type: Boolean }) admin = false;
  /** Whether somebody in reach can take data out of a document. */
  @property({ type: Boolean }) reads = false;
  @state() private heading = "";
  @state() private pieces: Piece[] = [];
  @state() private more = false;
  @state() private busy = false;
  @state() private failure: Failure | null = null;
  @state() private documentId = "";
  @state() private picture = "";
  @state() private alike = false;
  @state() private taking = false;
  /** The passage that a value was found in. */
  @state() private sought = 0;
  @query("dialog") private dialog!: HTMLDialogElement;
  private run = 0;

  /** Opens at a passage, or at the beginning. */
  async show(documentId: string, title: string, chunkId = 0): Promise<void> {
    this.documentId = documentId;
    this.heading = title;
    this.picture = "";
    this.alike = false;
    this.taking = false;
    if (!this.dialog.open) this.dialog.showModal();
    await this.openAt(chunkId);
  }

  private async openAt(chunkId: number, sought = 0): Promise<void> {
    this.sought = sought;
    this.pieces = [];
    this.more = false;
    this.dialog.scrollTop = 0;
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
        ${this.picture
          ? html`<img class="picture" data-test="picture" src=${this.picture} alt=${words.t("panel.pictures.alt", { title: this.heading })} ?hidden=${this.taking} />`
          : nothing}
        ${this.toolbar()}
        ${this.alike && !this.taking
          ? html`<section class="alike" aria-label=${words.t("panel.pictures.alike")}>
              <hearthnet-pictures .hass=${this.hass} .entryId=${this.entryId} .words=${words} .reachable=${this.reachable} .like=${this.documentId}
                @open=${(event: CustomEvent<FoundPicture>) => this.show(event.detail.document_id, event.detail.title)}></hearthnet-pictures>
            </section>`
          : nothing}
        <hearthnet-take-data ?hidden=${!this.taking} .hass=${this.hass} .entryId=${this.entryId} .words=${words} .admin=${this.admin}
          .documentId=${this.documentId}
          @open-place=${(event: CustomEvent<Place>) => this.leap(event.detail)}
          @open-kept=${(event: CustomEvent<string>) => this.show(event.detail, words.t("panel.taking.data"))}
        ></hearthnet-take-data>
        ${this.taking ? nothing : this.text()}
      </div>
    </dialog>`;
  }

  private toolbar(): TemplateResult | typeof nothing {
    const { words } = this;
    if (this.taking || this.sought) {
      const back = this.taking ? "panel.taking.back" : "panel.taking.back_to_data";
      return html`<p class="tools">
        <button class="plain" data-test="take-back" @click=${() => this.turn(!this.taking)}>${icons.chevron()}${words.t(back)}</button>
      </p>`;
    }
    if (!this.reads && !this.picture) return nothing;
    return html`<p class="tools">
      ${this.reads
        ? html`<button class="quiet" data-test="take-data" ?disabled=${!this.reachable} @click=${() => this.turn(true)}>
            ${icons.table()}${words.t("panel.taking.title")}
          </button>`
        : nothing}
      ${this.picture
        ? html`<button class="quiet" data-test="alike" aria-expanded=${this.alike} ?disabled=${!this.reachable} @click=${() => (this.alike = !this.alike)}>
            ${icons.search()}${words.t("panel.pictures.alike")}
          </button>`
        : nothing}
    </p>`;
  }

  private text(): TemplateResult {
    const { words } = this;
    return html`${this.pieces.map(
          (piece, n) => html`<section data-test="piece" class=${piece.chunk_id === this.sought ? "sought" : ""}>
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
          : nothing}`;
  }

  /** Between the document and the data taken out of it. */
  private async turn(taking: boolean): Promise<void> {
    this.taking = taking;
    if (!taking && this.sought) void this.openAt(0);
    this.dialog.scrollTop = 0;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".tools button")?.focus();
  }

  private async leap({ chunkId }: Place): Promise<void> {
    if (chunkId === null) return;
    this.taking = false;
    void this.openAt(chunkId, chunkId);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".tools button")?.focus();
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
      this.picture = read.picture || this.picture;
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
    this.documentId = "";
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
      .picture {
        inline-size: 100%;
        max-block-size: 60vh;
        object-fit: contain;
        border-radius: 18px;
        background: var(--hn-wash);
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 10px;
      }
      .tools .plain {
        margin-inline-start: -14px;
      }
      .tools .plain svg.icon {
        transform: rotate(90deg);
      }
      :host(:dir(rtl)) .tools .plain svg.icon {
        transform: rotate(-90deg);
      }
      .sought {
        padding-inline-start: 18px;
        border-inline-start: 3px solid var(--hn-ember);
      }
    `,
  ];
}

define("hearthnet-document", DocumentDialog);
