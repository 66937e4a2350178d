/**
 * The page's element with that id.
 *
 * @throws {Error} where it is missing or of another kind: page and script do not belong together.
 */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the desk page has no ${kind.name} '${id}'`);
  return found;
}

/** A new element. Text is always text: nothing here reads markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...content: readonly (string | Node)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...content);
  return made;
}

/** Makes `parent` hold exactly these children, and moves only what is not in place: focus stays. */
export function arrange(parent: HTMLElement, children: readonly Node[]): void {
  let next = parent.firstChild;
  for (const child of children) {
    if (child === next) next = next.nextSibling;
    else parent.insertBefore(child, next);
  }
  while (next) {
    const surplus = next;
    next = next.nextSibling;
    surplus.remove();
  }
}

/** Sets a text only where it differs, so that a live region speaks once. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
