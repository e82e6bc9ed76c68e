/** Panel and card bundles share elements and may both be on a page: the first definition stays. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
