/** Draws an answer's text; shared by panel and card. */

import { type TemplateResult, css, html } from "lit";
import { type Block, type Inline, readAnswer } from "./answer-text";
import { type Turn, running } from "./turn";
import type { Words } from "./words";

export function answerBody(turn: Turn, words: Words, open: (n: number) => void): TemplateResult {
  const handovers = turn.attempts
    .filter((attempt) => attempt.continues && attempt.offset > 0)
    .map((attempt) => ({ offset: attempt.offset, name: attempt.node_name }));
  const streaming = running(turn);
  const blocks = readAnswer(turn.text, turn.sources.length, handovers, streaming);
  const inline = (part: Inline): unknown => {
    switch (part.kind) {
      case "strong":
        return html`<strong>${part.text}</strong>`;
      case "code":
        return html`<code>${part.text}</code>`;
      case "cite":
        return html`<button
          class="cite"
          data-test="citation"
          data-n=${part.n}
          aria-label=${words.t("panel.sources.cite", { n: part.n })}
          @click=${() => open(part.n)}
        >${part.n}</button>`;
      case "handover":
        return html`<span class="handover" data-test="handover">${words.t("panel.ask.handover", { name: part.name })}</span>`;
      default:
        return part.text;
    }
  };
  /** The ember glows where the next word will stand. */
  const items = (block: Block, last: boolean): unknown[][] =>
    block.items.map((item, i) =>
      last && i === block.items.length - 1 ? [item.map(inline), html`<span class="ember-dot" aria-hidden="true"></span>`] : item.map(inline),
    );
  return html`<div class="answer-text" data-test="answer" data-status=${turn.status} dir="auto">
    ${blocks.map((block, at) => {
      const parts = items(block, streaming && at === blocks.length - 1);
      if (block.kind === "bullets") return html`<ul>${parts.map((item) => html`<li>${item}</li>`)}</ul>`;
      if (block.kind === "numbers") return html`<ol>${parts.map((item) => html`<li>${item}</li>`)}</ol>`;
      if (block.kind === "heading") return html`<h3>${parts[0]}</h3>`;
      return html`<p>${parts[0]}</p>`;
    })}
  </div>`;
}

export const answerStyles = css`
  .answer-text {
    font-family: var(--hn-serif);
    font-size: var(--hn-answer-size, 1.32rem);
    line-height: 1.55;
    overflow-wrap: anywhere;
  }
  .answer-text > * + * {
    margin-block-start: 0.7em;
  }
  .answer-text ul,
  .answer-text ol {
    padding-inline-start: 1.3em;
  }
  .answer-text ul {
    list-style: disc;
  }
  .answer-text ol {
    list-style: decimal;
  }
  .answer-text li + li {
    margin-block-start: 0.35em;
  }
  .answer-text li::marker {
    color: var(--hn-ember-ink);
  }
  .answer-text h3 {
    font-size: 1.1em;
    font-weight: 600;
  }
  .answer-text code {
    font-size: 0.85em;
  }
  .cite {
    position: relative;
    display: inline-grid;
    place-items: center;
    min-block-size: 0;
    min-inline-size: 1.55em;
    block-size: 1.55em;
    margin-inline: 0.3em 0.06em;
    padding-inline: 0.3em;
    border-radius: 1em;
    background: var(--hn-chip);
    color: var(--hn-ember-ink);
    font-family: var(--hn-sans);
    font-size: 0.62em;
    font-weight: 700;
    line-height: 1;
    vertical-align: 0.28em;
  }
  .cite::after {
    content: "";
    position: absolute;
    inset: 50% auto auto 50%;
    inline-size: 48px;
    block-size: 48px;
    transform: translate(-50%, -50%);
  }
  .handover {
    display: inline-block;
    margin-inline: 0.4em;
    padding: 0.1em 0.7em;
    border-inline-start: 3px solid var(--hn-ember);
    color: var(--hn-ember-ink);
    font-family: var(--hn-sans);
    font-size: 0.64em;
    font-weight: 600;
    vertical-align: 0.16em;
  }
  .ember-dot {
    display: inline-block;
    inline-size: 0.5em;
    block-size: 0.5em;
    margin-inline-start: 0.35em;
    border-radius: 50%;
    background: var(--hn-ember);
    animation: ember 1.6s ease-in-out infinite;
  }
  @keyframes ember {
    50% {
      opacity: 0.3;
      transform: scale(0.7);
    }
  }
`;
