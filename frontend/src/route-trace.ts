/** The drawn way of a question: this home, who could answer, who was asked, who went on. */

import { LitElement, type TemplateResult, css, html, nothing, svg } from "lit";
import { property, state } from "lit/decorators.js";
import { define } from "./define";
import { DOT_X, HOME_X, HOME_Y, type RouteRow, layoutRoute } from "./route-layout";
import { common, tokens } from "./styles";
import type { Attempt, Turn } from "./turn";
import type { Words } from "./words";

export class RouteTrace extends LitElement {
  @property({ attribute: false }) turn!: Turn;
  @property({ attribute: false }) words!: Words;
  @state() private open = "";
  @state() private measured: ReadonlyMap<string, number> = new Map();
  private readonly resize = new ResizeObserver(() => this.measure());

  override connectedCallback(): void {
    super.connectedCallback();
    this.resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resize.disconnect();
  }

  protected override updated(): void {
    this.measure();
  }

  /** Text wraps as it likes; the drawing follows. */
  private measure(): void {
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>("li[data-key]")];
    const found = new Map(rows.map((row) => [row.dataset.key ?? "", row.offsetHeight]));
    if (found.size !== this.measured.size || [...found].some(([key, height]) => this.measured.get(key) !== height)) this.measured = found;
  }

  protected override render(): TemplateResult {
    const drawing = layoutRoute(this.turn, this.measured);
    const { words } = this;
    const summary = this.turn.attempts.map((attempt) => `${attempt.node_name}: ${this.outcome(attempt)}`).join("; ");
    return html`<div class="route" data-test="route" style="block-size:${drawing.height}px">
      <svg width="100%" height=${drawing.height} role="img" aria-label=${words.t("panel.route.drawing", { summary })}>
        ${drawing.branches.map((branch) => svg`<path class="way ${branch.kind}" d=${branch.d}></path>`)}
        ${drawing.handovers.map((handover) => svg`<path class="way handover" d=${handover.d}></path>`)}
        ${drawing.rows.map((row) => svg`<circle class="dot ${dotKind(row)}" cx=${DOT_X} cy=${row.dotY} r="8"></circle>`)}
        <path class="home" d="M${HOME_X - 15} ${HOME_Y} L${HOME_X} ${HOME_Y - 15} L${HOME_X + 15} ${HOME_Y} V${HOME_Y + 14} H${HOME_X - 15} Z"></path>
        <rect class="hearth" x=${HOME_X - 5} y=${HOME_Y} width="10" height="14" rx="2"></rect>
      </svg>
      <p class="start">${words.t("panel.route.start")}</p>
      <ol>
        ${drawing.rows.map((row) => this.row(row))}
      </ol>
    </div>
    ${drawing.hidden ? html`<p class="more">${words.t("panel.route.more", { count: drawing.hidden })}</p>` : nothing}`;
  }

  private row(row: RouteRow): TemplateResult {
    const { words } = this;
    const { candidate } = row;
    const terms = candidate?.terms ?? [];
    const reason = candidate && !candidate.allowed ? candidate.excluded || words.t("panel.route.not_allowed") : row.reason;
    const open = this.open === row.key;
    return html`<li data-key=${row.key} style="inset-block-start:${row.top}px">
      <button
        class="who ${candidate && !candidate.allowed ? "out" : ""}"
        data-test="candidate"
        data-node-id=${candidate?.node_id ?? row.attempts[0]?.node_id ?? ""}
        aria-expanded=${open}
        ?disabled=${terms.length === 0}
        @click=${() => (this.open = open ? "" : row.key)}
      >
        <span class="line"><bdi class="name">${row.name}</bdi><bdi class="engine">${words.engine(row.provider, row.model)}</bdi></span>
        ${row.bar === null
          ? nothing
          : html`<span class="score">
              <svg class="bar" height="8" aria-hidden="true">${svg`<rect class="track" width="100%" height="8" rx="4"></rect>
                <rect class="fill" width="${row.bar * 100}%" height="8" rx="4"></rect>`}</svg>
              <span aria-label=${words.t("panel.route.score", { score: words.figure(candidate?.score ?? 0, 2) })}
                >${words.figure(candidate?.score ?? 0, 2)}</span
              >
            </span>`}
        <span class="reason" dir="auto">${reason}</span>
      </button>
      ${row.attempts.map(
        (attempt) => html`<p
          class="attempt ${attempt.outcome}"
          data-test="attempt"
          data-outcome=${attempt.outcome}
          data-node-id=${attempt.node_id}
        >
          <span>${this.outcome(attempt)}</span>${attempt.message
            ? html`<bdi class="message">${attempt.message}</bdi>`
            : attempt.first_chunk_ms !== null
              ? html`<span class="message">${words.seconds(attempt.first_chunk_ms)}</span>`
              : nothing}
        </p>`,
      )}
      ${open
        ? html`<div class="terms" data-test="terms">
            ${terms.map(
              (term) => html`<p dir="auto"><span>${term.why || term.name}</span><small>${words.figure(term.value, 2)} × ${words.figure(term.weight, 2)}</small></p>`,
            )}
          </div>`
        : nothing}
    </li>`;
  }

  private outcome(attempt: Attempt): string {
    const { words } = this;
    switch (attempt.outcome) {
      case "failed":
        return attempt.after_sentences
          ? words.n("panel.route.stopped_after", attempt.after_sentences)
          : words.t("panel.route.stopped");
      case "ok":
        return words.t(attempt.continues ? "panel.route.finished" : "panel.route.answered");
      case "answering":
        return words.t("panel.route.answering");
      case "cancelled":
        return words.t("panel.route.cancelled");
      default:
        return words.t("panel.route.waiting");
    }
  }

  static override styles = [
    tokens,
    common,
    css`
      .route {
        position: relative;
      }
      .route > svg {
        position: absolute;
        inset: 0;
        overflow: visible;
      }
      :host(:dir(rtl)) .route > svg {
        transform: scaleX(-1);
      }
      .way {
        fill: none;
        stroke: var(--hn-line);
        stroke-width: 2.5;
        stroke-linecap: round;
      }
      .way.excluded {
        stroke-dasharray: 2 7;
      }
      .way.ok,
      .way.active,
      .way.handover {
        stroke: var(--hn-ember);
        stroke-width: 5;
      }
      .way.failed {
        stroke: var(--error-color);
        stroke-width: 5;
      }
      .way.active {
        stroke-dasharray: 1 10;
        animation: flow 0.9s linear infinite;
      }
      @keyframes flow {
        to {
          stroke-dashoffset: -11;
        }
      }
      .dot {
        fill: var(--hn-card);
        stroke: var(--hn-line);
        stroke-width: 3;
      }
      .dot.ok,
      .dot.active {
        fill: var(--hn-ember);
        stroke: var(--hn-ember);
      }
      .dot.failed {
        fill: var(--hn-card);
        stroke: var(--error-color);
        stroke-width: 4;
      }
      .home {
        fill: var(--hn-ember-ink);
        stroke: var(--hn-ember-ink);
        stroke-width: 3;
        stroke-linejoin: round;
      }
      .hearth {
        fill: var(--hn-ember);
      }
      .start {
        position: absolute;
        inset-block-start: 12px;
        inset-inline-start: 52px;
        font-weight: 600;
        font-size: 1.05rem;
        line-height: 1.4;
      }
      li {
        position: absolute;
        inset-inline: 88px 0;
      }
      .who {
        display: grid;
        inline-size: 100%;
        gap: 3px;
        min-block-size: 70px;
        align-content: start;
        border-radius: 12px;
      }
      .who:disabled {
        opacity: 1;
      }
      .who.out {
        color: var(--hn-soft);
      }
      .line {
        display: flex;
        gap: 10px;
        align-items: baseline;
        min-inline-size: 0;
        padding-block-start: 8px;
      }
      .name {
        flex: none;
        max-inline-size: 62%;
        font-weight: 600;
        font-size: 1.12rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .engine {
        min-inline-size: 0;
        color: var(--hn-soft);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .score {
        display: grid;
        grid-template-columns: minmax(40px, 200px) auto;
        gap: 10px;
        align-items: center;
        font-size: 0.95rem;
        font-variant-numeric: tabular-nums;
        line-height: 1;
      }
      .bar {
        inline-size: 100%;
      }
      .track {
        fill: var(--hn-wash);
      }
      .fill {
        fill: var(--hn-ember);
      }
      :host(:dir(rtl)) .bar {
        transform: scaleX(-1);
      }
      .reason {
        color: var(--hn-soft);
        font-size: 0.95rem;
        line-height: 1.35;
        overflow-wrap: anywhere;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
      }
      .reason:empty {
        display: none;
      }
      .attempt {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        align-items: baseline;
        min-block-size: 30px;
        padding-block: 4px 2px;
        font-weight: 600;
        line-height: 1.35;
        overflow-wrap: anywhere;
        color: var(--hn-ember-ink);
      }
      .attempt.failed {
        color: var(--hn-bad);
      }
      .attempt.cancelled {
        color: var(--hn-soft);
      }
      .message {
        font-weight: 400;
        min-inline-size: 0;
      }
      .terms {
        display: grid;
        gap: 8px;
        margin-block: 6px 8px;
        padding: 14px 16px;
        border-radius: 16px;
        background: var(--hn-wash);
        line-height: 1.35;
      }
      .terms p {
        display: flex;
        justify-content: space-between;
        gap: 14px;
      }
      .terms small {
        flex: none;
        font-size: 0.9rem;
        color: var(--hn-soft);
        font-variant-numeric: tabular-nums;
      }
      .more {
        color: var(--hn-soft);
        padding-inline-start: 88px;
      }
    `,
  ];
}

function dotKind(row: RouteRow): string {
  const last = row.attempts[row.attempts.length - 1];
  if (!last) return "";
  return last.outcome === "ok" ? "ok" : last.outcome === "failed" ? "failed" : "active";
}

define("hearthnet-route", RouteTrace);
