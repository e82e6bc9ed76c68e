import { type TemplateResult, html, nothing } from "lit";
import type { Failure } from "./failure";
import type { Words } from "./words";

/** What went wrong in the user's language; what the node said about it as the detail. */
export function failureText(failure: Failure, words: Words): TemplateResult {
  const headline = words.named("panel.error", failure.code) ?? words.named("panel.error", "unknown");
  return html`<p class="failure" role="alert" data-test="error">
    <strong>${headline}</strong>${failure.message && failure.message !== headline ? html`<span>${failure.message}</span>` : nothing}
  </p>`;
}
