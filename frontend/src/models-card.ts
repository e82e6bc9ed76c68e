/** The language models of this home: what is there, fetching one with its progress, removing one. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import type { Engine } from "./api-types";
import { release, request, stream } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant, Unsubscribe } from "./ha-types";
import { type Model, readModels } from "./home-types";
import * as icons from "./icons";
import { number, text } from "./reading";
import { common, tokens } from "./styles";
import type { Words } from "./words";

/** Small ones that a household's machine can run; a person may type any other. */
const SUGGESTED = ["llama3.2:1b", "llama3.2:3b", "qwen3:4b", "gemma3:4b"];
const MAX_NAME = 200;
const KEEPER = "ollama";

interface Pull {
  model: string;
  status: string;
  completed: number;
  total: number;
  failure: Failure | null;
}

export class ModelsCard extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ type: Boolean }) reachable = false;
  @property({ type: Boolean }) admin = false;
  @property({ attribute: false }) engines: Engine[] = [];
  @property({ attribute: false }) words!: Words;
  @state() private models: Model[] | null = null;
  @state() private wanted = "";
  @state() private pull: Pull | null = null;
  @state() private removing = "";
  @state() private failure: Failure | null = null;
  private unsubscribe: Unsubscribe | null = null;
  private run = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // The node goes on fetching; who comes back sees the model, or asks again and watches the same pull.
    if (this.unsubscribe) release(this.unsubscribe);
    this.unsubscribe = null;
    this.pull = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.reachable && (changed.has("entryId") || changed.has("engines") || (changed.has("reachable") && !this.models))) void this.load();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const keeper = this.engines.some((one) => one.name.startsWith(KEEPER) && (one.available || one.reason.includes("runs")));
    return html`<section class="card" data-test="models">
      <h2>${words.t("panel.models.title")}</h2>
      ${this.models?.length
        ? html`<ul data-test="model-list">${this.models.map((model) => this.model(model))}</ul>`
        : this.models
          ? html`<p class="none">${words.t("panel.models.none")}</p>`
          : nothing}
      ${this.engines.filter((one) => !one.available).map(
        (one) => html`<p class="hint" data-test="engine-down"><strong>${words.engine(one.name)}</strong> <span dir="auto">${one.reason}</span></p>`,
      )}
      ${this.admin && keeper ? this.fetching() : nothing}
      ${this.admin && !keeper && this.models ? html`<p class="hint">${words.t("panel.models.no_keeper")}</p>` : nothing}
      ${this.failure ? failureText(this.failure, words) : nothing}
    </section>`;
  }

  private model(model: Model): TemplateResult {
    const { words } = this;
    const key = `${model.engine}/${model.name}`;
    const about = [
      model.parameters,
      model.size_bytes ? words.size(model.size_bytes) : "",
      ...["tools", "vision"].filter((can) => model.capabilities.includes(can)).map((can) => words.t(`panel.models.can.${can}`)),
      model.loaded ? words.t("panel.models.loaded") : "",
    ].filter(Boolean);
    return html`<li data-test="model">
      <span class="what"><bdi class="name">${model.name}</bdi><bdi class="about">${[words.engine(model.engine), ...about].join(" · ")}</bdi></span>
      ${this.removing === key
        ? html`<span class="sure"
            ><button class="plain bad" data-test="model-remove-sure" @click=${() => this.forget(model)}>${words.t("panel.models.remove_sure")}</button>
            <button class="plain" @click=${() => (this.removing = "")}>${words.t("panel.models.keep")}</button></span
          >`
        : this.admin && model.engine.startsWith(KEEPER)
          ? html`<button
              class="plain"
              data-test="model-remove"
              ?disabled=${!this.reachable}
              aria-label=${words.t("panel.models.remove", { name: model.name })}
              @click=${() => (this.removing = key)}
            >
              ${icons.bin()}
            </button>`
          : nothing}
    </li>`;
  }

  private fetching(): TemplateResult {
    const { words, pull } = this;
    if (pull && !pull.failure) {
      return html`<div class="pull" role="status" data-test="pull">
        <p>${words.t("panel.models.fetching", { name: pull.model })}</p>
        <progress value=${pull.total ? pull.completed / pull.total : nothing} max="1"></progress>
        <p class="hint">
          ${pull.total ? `${words.size(pull.completed)} / ${words.size(pull.total)}` : html`<span dir="auto">${pull.status}</span>`}
        </p>
      </div>`;
    }
    const have = new Set(this.models?.map((one) => one.name));
    return html`<form data-test="pull-form" @submit=${this.submit}>
        <label
          ><span class="label">${words.t("panel.models.fetch")}</span>
          <input class="field" data-test="pull-name" maxlength=${MAX_NAME} autocapitalize="off" spellcheck="false" placeholder="llama3.2:3b"
            .value=${this.wanted} @input=${(event: Event) => (this.wanted = (event.target as HTMLInputElement).value)}
        /></label>
        <button class="quiet" data-test="pull-submit" ?disabled=${!this.reachable || !this.wanted.trim()}>${words.t("panel.models.fetch_submit")}</button>
      </form>
      <div class="chips">
        ${SUGGESTED.filter((name) => !have.has(name)).map((name) => html`<button class="plain" @click=${() => (this.wanted = name)}>${name}</button>`)}
      </div>
      <p class="hint">${words.t("panel.models.fetch_text")}</p>
      ${pull?.failure ? failureText(pull.failure, words) : nothing}`;
  }

  private async load(): Promise<void> {
    const run = ++this.run;
    try {
      const models = readModels(await request(this.hass.connection, this.entryId, "models", {}));
      if (run !== this.run) return;
      this.models = models;
      this.failure = null;
    } catch (reason) {
      if (run === this.run) this.failure = toFailure(reason);
    }
  }

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const model = this.wanted.trim().slice(0, MAX_NAME);
    if (!model) return;
    this.pull = { model, status: "", completed: 0, total: 0, failure: null };
    try {
      this.unsubscribe = await stream(this.hass.connection, this.entryId, "pull_model", { model }, ({ event: name, data }) => {
        if (!this.pull) return;
        if (name === "progress") {
          this.pull = { ...this.pull, status: text(data.status), completed: number(data.completed), total: number(data.total) };
        } else if (name === "error") {
          this.end(toFailure(data));
        } else if (name === "done") {
          this.end(null);
        }
      });
    } catch (reason) {
      this.end(toFailure(reason));
    }
  };

  private end(failure: Failure | null): void {
    if (this.unsubscribe) release(this.unsubscribe);
    this.unsubscribe = null;
    this.pull = failure && this.pull ? { ...this.pull, failure } : null;
    if (!failure) this.wanted = "";
    void this.load();
  }

  private async forget(model: Model): Promise<void> {
    this.removing = "";
    try {
      await request(this.hass.connection, this.entryId, "delete_model", { engine: model.engine, model: model.name });
    } catch (reason) {
      this.failure = toFailure(reason);
    }
    await this.load();
  }

  static override styles = [
    tokens,
    common,
    css`
      section.card,
      form,
      label,
      .pull {
        display: grid;
        gap: 14px;
      }
      label {
        gap: 6px;
      }
      .hint,
      .none,
      .about {
        color: var(--hn-soft);
        line-height: 1.45;
        overflow-wrap: anywhere;
      }
      li {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 0 12px;
        min-block-size: 64px;
        padding-block: 6px;
      }
      li + li {
        border-block-start: 1px solid var(--hn-line);
      }
      .what {
        flex: 1 1 170px;
        display: grid;
      }
      .name {
        font-weight: 600;
        font-size: 1.08rem;
        overflow-wrap: anywhere;
      }
      .chips,
      .sure {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      progress {
        inline-size: 100%;
        block-size: 10px;
        accent-color: var(--hn-ember);
      }
    `,
  ];
}

define("hearthnet-models", ModelsCard);
