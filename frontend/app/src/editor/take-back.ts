/**
 * Undoes changes of the page, the newest first, so that it is node for node as it was before. The records must be complete and in
 * order, with the old values of texts and attributes.
 */
export function takeBack(records: readonly MutationRecord[]): void {
  for (const record of records.toReversed()) {
    if (record.type === 'characterData') (record.target as CharacterData).data = record.oldValue ?? '';
    else if (record.type === 'attributes') attributeBack(record);
    else childrenBack(record);
  }
}

function attributeBack({ target, attributeName, attributeNamespace, oldValue }: MutationRecord): void {
  const element = target as Element;
  const name = attributeName as string;
  if (oldValue === null) element.removeAttributeNS(attributeNamespace, name);
  else if (attributeNamespace) element.setAttributeNS(attributeNamespace, name, oldValue);
  else element.setAttribute(name, oldValue);
}

function childrenBack({ target, addedNodes, removedNodes, nextSibling, previousSibling }: MutationRecord): void {
  for (const node of addedNodes) if (node.parentNode === target) target.removeChild(node);
  const within = (node: Node | null) => (node?.parentNode === target ? node : null);
  const before = within(nextSibling) ?? within(previousSibling)?.nextSibling ?? null;
  for (const node of removedNodes) target.insertBefore(node, before);
}
