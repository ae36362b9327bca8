import List, { ListContainer } from 'quill/formats/list';

const said: Record<string, string> = { checked: 'true', unchecked: 'false' };

/** An item of a list. The box of a checklist is a checkbox to screen readers too, wherever the list stands. */
export class ListItem extends List {
  constructor(...made: ConstructorParameters<typeof List>) {
    super(...made);
    this.tell();
  }

  override format(name: string, value: unknown): void {
    super.format(name, value as string);
    if (name === this.statics.blotName && value) this.tell();
  }

  private tell(): void {
    const ticked = said[this.domNode.getAttribute('data-list') ?? ''];
    const box = this.uiNode;
    if (!box) return;
    if (ticked === undefined) for (const name of ['role', 'aria-checked', 'aria-label']) box.removeAttribute(name);
    else {
      box.setAttribute('role', 'checkbox');
      box.setAttribute('aria-checked', ticked);
      box.setAttribute('aria-label', 'Done');
    }
  }
}

ListItem.requiredContainer = ListContainer;
ListContainer.allowedChildren = [ListItem];

export { ListContainer };
