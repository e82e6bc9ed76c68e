/** The look: a warm page lit from below. Every colour is derived from Home Assistant's theme variables. */

import { css } from "lit";

export const tokens = css`
  :host {
    --hn-ember: var(--warning-color);
    --hn-ember-ink: var(--primary-text-color);
    --hn-paper: var(--primary-background-color);
    --hn-card: var(--card-background-color);
    --hn-wash: var(--secondary-background-color);
    --hn-chip: var(--secondary-background-color);
    --hn-glow: transparent;
    --hn-bad: var(--error-color);
    --hn-bad-wash: var(--secondary-background-color);
    --hn-line: var(--divider-color);
    --hn-ink: var(--primary-text-color);
    --hn-soft: var(--secondary-text-color);
    --hn-radius: 22px;
    --hn-serif: ui-serif, "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif", "DejaVu Serif", serif;
    --hn-sans: var(--ha-font-family-body, Roboto, "Noto Sans", system-ui, sans-serif);
    font-family: var(--hn-sans);
    font-size: 1rem;
    color: var(--hn-ink);
    -webkit-tap-highlight-color: transparent;
  }
  @supports (color: color-mix(in oklab, red, blue)) {
    :host {
      --hn-ember: color-mix(in oklab, var(--warning-color) 68%, var(--error-color));
      --hn-ember-ink: color-mix(in oklab, var(--hn-ember) 48%, var(--primary-text-color));
      --hn-paper: color-mix(in oklab, var(--primary-background-color) 95%, var(--hn-ember));
      --hn-card: color-mix(in oklab, var(--card-background-color) 97%, var(--hn-ember));
      --hn-wash: color-mix(in oklab, var(--card-background-color) 88%, var(--hn-ember));
      --hn-chip: color-mix(in oklab, var(--card-background-color) 74%, var(--hn-ember));
      --hn-glow: color-mix(in srgb, var(--hn-ember) 26%, transparent);
      --hn-bad: color-mix(in oklab, var(--error-color) 74%, var(--primary-text-color));
      --hn-bad-wash: color-mix(in oklab, var(--card-background-color) 86%, var(--error-color));
      --hn-line: color-mix(in oklab, var(--divider-color) 80%, var(--hn-ember));
      --hn-soft: color-mix(in oklab, var(--secondary-text-color) 72%, var(--primary-text-color));
    }
  }
`;

export const common = css`
  * {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ol,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ol,
  ul {
    list-style: none;
  }
  button,
  input,
  textarea,
  select {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    min-block-size: 48px;
    min-inline-size: 48px;
    border: 0;
    background: none;
    padding: 0;
    cursor: pointer;
    text-align: start;
    touch-action: manipulation;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 3px solid var(--hn-ember-ink);
    outline-offset: 2px;
  }
  .primary,
  .quiet {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    min-block-size: 52px;
    padding-inline: 24px;
    border-radius: 26px;
    font-size: 1.05rem;
    font-weight: 600;
    text-align: center;
  }
  .primary {
    background: var(--hn-ember-ink);
    color: var(--card-background-color);
  }
  .quiet {
    background: var(--hn-wash);
    color: var(--hn-ember-ink);
  }
  .plain {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    padding-inline: 14px;
    border-radius: 24px;
    color: var(--hn-ember-ink);
    font-weight: 600;
  }
  .bad {
    color: var(--hn-bad);
  }
  .primary.danger {
    background: var(--hn-bad);
  }
  .label {
    font-size: 0.95rem;
    font-weight: 600;
    color: var(--hn-soft);
  }
  .card {
    background: var(--hn-card);
    border-radius: var(--hn-radius);
    padding: 22px 24px;
  }
  h2 {
    font-family: var(--hn-serif);
    font-weight: 500;
    font-size: 1.45rem;
    line-height: 1.25;
    letter-spacing: -0.005em;
  }
  svg.icon {
    inline-size: 24px;
    block-size: 24px;
    fill: currentColor;
    flex: none;
  }
  .field {
    display: block;
    inline-size: 100%;
    min-block-size: 52px;
    padding: 13px 18px;
    border-radius: 18px;
    border: 2px solid var(--hn-line);
    background: var(--hn-paper);
    font-size: 1.1rem;
  }
  .field:focus {
    border-color: var(--hn-ember);
  }
  ::placeholder {
    color: var(--hn-soft);
    opacity: 1;
  }
  .failure {
    color: var(--hn-bad);
    line-height: 1.45;
  }
  .failure strong {
    display: block;
  }
  .sr {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`;

export const dialogs = css`
  dialog {
    position: fixed;
    border: 0;
    padding: 0;
    margin: auto;
    inline-size: min(680px, calc(100vw - 24px));
    max-block-size: calc(100vh - 24px);
    border-radius: 28px;
    background: var(--hn-card);
    color: var(--hn-ink);
    overflow: auto;
    overscroll-behavior: contain;
  }
  dialog::backdrop {
    background: var(--primary-background-color);
    opacity: 0.82;
  }
  .sheet {
    display: grid;
    gap: 20px;
    padding: 28px;
  }
  .sheet > header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  .sheet p {
    line-height: 1.45;
  }
  .sheet h2 {
    font-size: 1.7rem;
    overflow-wrap: anywhere;
  }
  .choices {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
    gap: 14px;
  }
  .choice {
    display: grid;
    gap: 6px;
    align-content: start;
    padding: 22px;
    border-radius: 20px;
    background: var(--hn-wash);
    line-height: 1.4;
  }
  .choice strong {
    font-family: var(--hn-serif);
    font-size: 1.3rem;
    font-weight: 500;
    color: var(--hn-ember-ink);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    justify-content: flex-end;
  }
  .words {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    gap: 10px;
  }
  .words li {
    padding: 12px 14px;
    border-radius: 14px;
    background: var(--hn-wash);
    font-family: var(--hn-serif);
    font-size: 1.35rem;
    text-align: center;
    overflow-wrap: anywhere;
  }
  @media (max-width: 520px) {
    .sheet {
      padding: 20px;
      gap: 16px;
    }
  }
`;
