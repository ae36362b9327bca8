/** How many nested translations are followed. */
const mostHops = 16;

/** Makes React work in a page that the browser translates. A translator replaces a text node by an element with other words, but React
 * still holds the text node: removing it, or inserting before it, throws and takes the whole page down, and later changes of the text are
 * never shown. Here React works on the element instead, and a text that changes is put back in its place, to be translated again.
 * Documents are not translated (editor.ts). Call it once; returns the function that ends it. */
export function standTranslation(root: Element): () => void {
  const { removeChild, insertBefore } = Node.prototype;
  const instead = new WeakMap<Node, Element>();
  const standIn = (parent: Node, child: Node): Node => {
    let node: Node | undefined | null = child;
    for (let hops = 0; node && node.parentNode !== parent && hops < mostHops; hops++)
      node = instead.get(node) ?? (isTranslation(node.parentNode) ? node.parentNode : null); // translations are translated too
    return node?.parentNode === parent ? node : child; // a fault of our own: let it throw
  };

  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === 'characterData') comeBack(record.target);
      else for (const node of record.removedNodes) note(node, record);
    }
  });
  const note = (node: Node, { target, addedNodes, previousSibling, nextSibling }: MutationRecord) => {
    if (!(node instanceof Text || isTranslation(node)) || node.parentNode === target) return;
    const translation = [...addedNodes, previousSibling, nextSibling].find(isTranslation);
    if (!translation || translation === node) return;
    instead.set(node, translation);
    observer.observe(node, { characterData: true });
  };
  const comeBack = (text: Node) => {
    const translation = instead.get(text);
    if (!translation?.parentNode || translation.contains(text)) return;
    instead.delete(text);
    translation.replaceWith(text);
  };
  observer.observe(root, { childList: true, subtree: true });

  Node.prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    removeChild.call(this, standIn(this, child));
    return child;
  };
  Node.prototype.insertBefore = function <T extends Node>(this: Node, node: T, before: Node | null): T {
    return insertBefore.call(this, node, before && standIn(this, before)) as T;
  };
  return () => {
    observer.disconnect();
    Object.assign(Node.prototype, { removeChild, insertBefore });
  };
}

/** The element that Chrome, Edge and the extensions for it use. */
function isTranslation(node: Node | null): node is Element {
  return node?.nodeName === 'FONT';
}
