/** Data out of the open document: the fields one wants, the reading of it, and what was found. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { release, request, stream } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant, Unsubscribe } from "./ha-types";
import { readCorpora } from "./home-types";
import * as icons from "./icons";
import { number, text } from "./reading";
import { common, tokens } from "./styles";
import { takenStyles, takenTable } from "./taken-table";
import { KINDS, type Kind, MAX_FIELDS, MAX_HINT, MAX_NAME, type Place, type Taken, type Wanted, readTaken, schemaOf, wantedOf } from "./taking";
import type { Words } from "./words";

/** What people often look for, to begin with; the fields' names are in the translations. */
const EXAMPLES: Record<string, [string, Kind][]> = {
  bill: [["from", "text"], ["amount", "number"], ["due", "date"], ["account", "text"]],
  device: [["model", "text"], ["bought", "date"], ["care", "list"]],
  contract: [["with", "text"], ["ends", "date"], ["notice", "text"], ["renews", "yes_no"]],
};
const DEFAULT = "household";
const SHIPPED = "emergency";
/** A collection of this home; those of neighbours have other names. */
const OWN = /^[a-z0-9_-]{1,40}$/;
const BLANK: Wanted = { name: "", kind: "text" };

interface Run {
  step: string;
  done: number;
  total: number;
}

export class TakeData extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ attribute: false }) words!: Words;
  @property({ type: Boolean }) admin = false;
  /** Another one ends what was going on; the fields stay for it. */
  @property({ attribute: false }) documentId = "";
  @state() private rows: Wanted[] = [BLANK];
  @state() private hint = "";
  @state() private keepIn = "";
  @state() private corpora: string[] = [DEFAULT];
  @state() private run: Run | null = null;
  @state() private taken: Taken | null = null;
  @state() private failure: Failure | null = null;
  private unsubscribe: Promise<Unsubscribe> | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("documentId")) return;
    this.stop();
    this.taken = null;
    this.failure = null;
    this.keepIn = "";
    if (this.documentId && this.admin) void this.load();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("failure") && this.failure) this.renderRoot.querySelector(".failure")?.scrollIntoView({ block: "center" });
    if (changed.has("taken") && this.taken) this.renderRoot.querySelector<HTMLElement>("h3")?.focus();
  }

  protected override render(): TemplateResult {
    if (this.run) return this.running(this.run);
    return this.taken ? this.found(this.taken) : this.form();
  }

  private form(): TemplateResult {
    const { words } = this;
    const wanted = wantedOf(this.rows);
    return html`<form data-test="take-form" @submit=${this.submit}>
      <p class="hint">${words.t("panel.taking.text")}</p>
      ${wanted.length
        ? nothing
        : html`<div class="chips" role="group" aria-label=${words.t("panel.taking.examples")}>
            ${Object.keys(EXAMPLES).map(
              (name) => html`<button type="button" class="chip" data-test="take-example" @click=${() => this.example(name)}>
                ${words.t(`panel.taking.example.${name}.title`)}
              </button>`,
            )}
          </div>`}
      <ul>
        ${this.rows.map((row, n) => this.row(row, n))}
      </ul>
      ${this.rows.length < MAX_FIELDS
        ? html`<button type="button" class="plain add" data-test="take-add" @click=${this.add}>${words.t("panel.taking.add")}</button>`
        : nothing}
      <label
        ><span class="label">${words.t("panel.taking.hint")}</span>
        <input class="field" data-test="take-hint" maxlength=${MAX_HINT} autocomplete="off" dir="auto" placeholder=${words.t("panel.taking.hint_example")}
          .value=${this.hint} @input=${(event: Event) => (this.hint = (event.target as HTMLInputElement).value)}
      /></label>
      ${this.admin
        ? html`<label
            ><span class="label">${words.t("panel.taking.keep")}</span>
            <select class="field" data-test="take-keep" @change=${(event: Event) => (this.keepIn = (event.target as HTMLSelectElement).value)}>
              <option value="" ?selected=${!this.keepIn}>${words.t("panel.taking.keep_not")}</option>
              ${this.corpora.map((name) => html`<option value=${name} ?selected=${name === this.keepIn}>${this.named(name)}</option>`)}
            </select></label
          >`
        : nothing}
      ${this.failure ? failureText(this.failure, words) : nothing}
      <div class="actions">
        <button class="primary" data-test="take-submit" ?disabled=${!wanted.length}>${words.t("panel.taking.submit")}</button>
      </div>
    </form>`;
  }

  private row(row: Wanted, n: number): TemplateResult {
    const { words } = this;
    const change = (part: Partial<Wanted>): void => {
      this.rows = this.rows.map((other, at) => (at === n ? { ...other, ...part } : other));
    };
    return html`<li data-test="take-row">
      <input class="field name" data-test="take-name" maxlength=${MAX_NAME} autocomplete="off" dir="auto"
        aria-label=${words.t("panel.taking.name", { n: n + 1 })} placeholder=${words.t("panel.taking.name_example")}
        .value=${row.name} @input=${(event: Event) => change({ name: (event.target as HTMLInputElement).value })} />
      <select class="field" data-test="take-kind" aria-label=${words.t("panel.taking.kind", { n: n + 1 })}
        @change=${(event: Event) => change({ kind: (event.target as HTMLSelectElement).value as Kind })}>
        ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === row.kind}>${words.t(`panel.taking.kinds.${kind}`)}</option>`)}
      </select>
      <button type="button" class="plain" data-test="take-remove" ?disabled=${this.rows.length === 1 && !row.name}
        aria-label=${words.t("panel.taking.remove", { name: row.name || n + 1 })} @click=${() => this.leaveOut(n)}>${icons.close()}</button>
    </li>`;
  }

  private running({ step, done, total }: Run): TemplateResult {
    const { words } = this;
    return html`<div class="running" data-test="taking">
      <p role="status">${words.named("panel.taking.step", step) ?? words.t("panel.taking.step.reading")}</p>
      <progress value=${done && total ? done / total : nothing} max="1" aria-label=${words.t("panel.taking.title")}></progress>
      <div class="actions"><button class="quiet" data-test="take-stop" @click=${this.stop}>${icons.stop()}${words.t("panel.taking.stop")}</button></div>
    </div>`;
  }

  private found(taken: Taken): TemplateResult {
    const { words } = this;
    const some = taken.rows.filter((row) => row.said.length).length;
    return html`<div class="found">
      <h3 tabindex="-1">${words.n("panel.taking.found", taken.rows.length, { some: words.figure(some) })}</h3>
      ${takenTable(taken.rows, words, (place) => this.open(place))}
      ${taken.stored
        ? html`<p class="kept" data-test="kept">
            ${icons.check()}<span>${words.t("panel.taking.kept", { name: this.named(this.keepIn) })}</span>
            <button class="plain" data-test="open-kept" @click=${() => this.tell("open-kept", taken.stored)}>${words.t("panel.taking.open_kept")}</button>
          </p>`
        : nothing}
      ${taken.model ? html`<p class="hint">${words.t("panel.taking.by")} <bdi>${words.engine(taken.model)}</bdi></p>` : nothing}
      <div class="actions">
        <button class="quiet" data-test="take-again" @click=${() => (this.taken = null)}>${words.t("panel.taking.again")}</button>
      </div>
    </div>`;
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    const wanted = wantedOf(this.rows);
    if (!wanted.length || this.run) return;
    this.failure = null;
    this.run = { step: "reading", done: 0, total: 0 };
    const params = {
      document_id: this.documentId,
      schema: schemaOf(this.words.t("panel.taking.data"), wanted),
      ...(this.hint.trim() ? { instructions: this.hint.trim() } : {}),
      ...(this.admin && this.keepIn ? { corpus: this.keepIn } : {}),
    };
    const subscribed = stream(this.hass.connection, this.entryId, "extract", params, ({ event: name, data }) => {
      if (this.unsubscribe !== subscribed) return;
      if (name === "progress") this.run = { step: text(data.step), done: number(data.done), total: number(data.total) };
      else if (name === "done") this.end(readTaken(data, wanted), null);
      else if (name === "error") this.end(null, toFailure(data));
    });
    this.unsubscribe = subscribed;
    subscribed.catch((reason) => {
      if (this.unsubscribe === subscribed) this.end(null, toFailure(reason));
    });
  };

  private end(taken: Taken | null, failure: Failure | null): void {
    this.stop();
    this.taken = taken;
    this.failure = failure;
  }

  private readonly stop = (): void => {
    void this.unsubscribe?.then(release, () => undefined);
    this.unsubscribe = null;
    this.run = null;
  };

  private async load(): Promise<void> {
    const found = await request(this.hass.connection, this.entryId, "corpora", {}).then(readCorpora, () => []);
    this.corpora = [...new Set([DEFAULT, ...found.map((one) => one.name)])].filter((name) => name !== SHIPPED && OWN.test(name));
  }

  private example(name: string): void {
    this.rows = (EXAMPLES[name] ?? []).map(([field, kind]) => ({ name: this.words.t(`panel.taking.example.${name}.${field}`), kind }));
  }

  private readonly add = async (): Promise<void> => {
    this.rows = [...this.rows, BLANK];
    await this.updateComplete;
    this.nameAt(this.rows.length - 1)?.focus();
  };

  private async leaveOut(n: number): Promise<void> {
    const rows = this.rows.filter((_, at) => at !== n);
    this.rows = rows.length ? rows : [BLANK];
    await this.updateComplete;
    this.nameAt(Math.min(n, this.rows.length - 1))?.focus();
  }

  private nameAt(n: number): HTMLElement | undefined {
    return [...this.renderRoot.querySelectorAll<HTMLElement>("input.name")][n];
  }

  private named(corpus: string): string {
    return this.words.named("panel.library.names", corpus) ?? corpus;
  }

  private open(place: Place): void {
    this.tell("open-place", place);
  }

  private tell(what: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  static override styles = [
    tokens,
    common,
    takenStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      form,
      .running,
      .found {
        display: grid;
        gap: 16px;
        line-height: 1.45;
      }
      ul {
        display: grid;
        gap: 10px;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 150px) auto;
        gap: 8px;
        align-items: center;
      }
      li .plain {
        inline-size: 48px;
        padding: 0;
        justify-content: center;
      }
      label {
        display: grid;
        gap: 6px;
      }
      .add {
        justify-self: start;
        margin-inline-start: -14px;
      }
      .chips,
      .actions,
      .kept {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      .actions {
        justify-content: flex-end;
      }
      .chip {
        padding-inline: 18px;
        border-radius: 24px;
        background: var(--hn-wash);
      }
      .hint {
        color: var(--hn-soft);
      }
      progress {
        inline-size: 100%;
        block-size: 10px;
        accent-color: var(--hn-ember);
      }
      h3 {
        font-size: 1.1rem;
        outline: none;
      }
      @container (max-width: 480px) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
          padding-block-end: 10px;
        }
        li + li {
          border-block-start: 1px solid var(--hn-line);
          padding-block-start: 16px;
        }
        li .name {
          grid-column: 1 / -1;
        }
      }
    `,
  ];
}

define("hearthnet-take-data", TakeData);
