/** What a model does for an answer, a step each; and the one question only a person can answer. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { request } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import * as icons from "./icons";
import { type Step, prettified } from "./steps";
import { common, tokens } from "./styles";
import type { Words } from "./words";

export class StepList extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ attribute: false }) steps: Step[] = [];
  @property({ type: Boolean }) running = false;
  @property({ attribute: false }) words!: Words;
  @state() private answered = "";
  @state() private failure: Failure | null = null;

  protected override render(): TemplateResult {
    return html`<ol data-test="steps" aria-label=${this.words.t("panel.steps.label")}>
      ${this.steps.map((step) => html`<li class=${step.state} data-test="step" data-state=${step.state}>${this.step(step)}</li>`)}
    </ol>`;
  }

  private step(step: Step): TemplateResult {
    const { words } = this;
    const asking = step.state === "needs_confirmation" && this.running;
    const name = words.named("panel.steps.tool", step.tool) ?? step.tool;
    return html`<p class="what">
        <span class="mark" aria-hidden="true">${step.state === "done" ? icons.check() : step.state === "running" || asking ? nothing : icons.close()}</span>
        <span><bdi>${name}</bdi> <span class="state">${words.t(`panel.steps.state.${step.state}`)}</span></span>
      </p>
      ${asking ? this.question(step) : step.summary ? html`<p class="summary" dir="auto">${step.summary}</p>` : nothing}`;
  }

  private question(step: Step): TemplateResult {
    const { words } = this;
    const waiting = this.answered === step.confirmId;
    return html`<div class="sheet" role="alertdialog" aria-label=${words.t("panel.steps.ask")} data-test="confirm">
      <p><strong>${words.t("panel.steps.ask")}</strong></p>
      <dl>${step.arguments.map(([name, value]) => html`<dt><bdi>${words.named("panel.steps.argument", name) ?? prettified(name)}</bdi></dt><dd dir="auto">${value}</dd>`)}</dl>
      ${step.tainted ? html`<p class="tainted" data-test="tainted">${icons.warning()}${words.t("panel.steps.tainted")}</p>` : nothing}
      <div class="actions">
        <button class="quiet" data-test="confirm-no" ?disabled=${waiting} @click=${() => this.confirm(step, false)}>${words.t("panel.steps.no")}</button>
        <button class="primary" data-test="confirm-yes" ?disabled=${waiting} @click=${() => this.confirm(step, true)}>${words.t("panel.steps.yes")}</button>
      </div>
      ${this.failure ? failureText(this.failure, words) : nothing}
    </div>`;
  }

  private async confirm(step: Step, allow: boolean): Promise<void> {
    this.answered = step.confirmId;
    this.failure = null;
    try {
      await request(this.hass.connection, this.entryId, "confirm", { confirm_id: step.confirmId, allow });
    } catch (reason) {
      this.failure = toFailure(reason);
    }
  }

  static override styles = [
    tokens,
    common,
    css`
      ol {
        display: grid;
        gap: 10px;
        margin-block: 12px;
        padding-inline-start: 14px;
        border-inline-start: 3px solid var(--hn-line);
      }
      .what {
        display: flex;
        gap: 10px;
        align-items: center;
        font-weight: 600;
      }
      .mark {
        flex: none;
        display: grid;
        place-items: center;
        inline-size: 24px;
        block-size: 24px;
        color: var(--hn-ember-ink);
      }
      .mark svg.icon {
        inline-size: 20px;
        block-size: 20px;
      }
      .running .mark::before,
      .needs_confirmation .mark::before {
        content: "";
        inline-size: 12px;
        block-size: 12px;
        border-radius: 50%;
        background: var(--hn-ember);
        animation: breathe 1.6s ease-in-out infinite;
      }
      @keyframes breathe {
        50% {
          opacity: 0.3;
        }
      }
      .failed .mark,
      .refused .mark {
        color: var(--hn-soft);
      }
      .state,
      .summary {
        color: var(--hn-soft);
        font-weight: 400;
      }
      .summary {
        padding-inline-start: 34px;
        line-height: 1.45;
        overflow-wrap: anywhere;
      }
      .sheet {
        display: grid;
        gap: 12px;
        margin-block-start: 8px;
        padding: 18px;
        border-radius: 18px;
        background: var(--hn-wash);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 14px;
      }
      dt {
        color: var(--hn-soft);
      }
      dd {
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
      .tainted {
        display: flex;
        gap: 10px;
        color: var(--hn-bad);
        line-height: 1.4;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 10px;
      }
    `,
  ];
}

define("hearthnet-steps", StepList);
