import type Scroll from 'quill/blots/scroll';
import List, { ListContainer } from 'quill/formats/list';

const ariaChecked: Record<string, string> = { checked: 'true', unchecked: 'false' };
const boxAttributes = ['role', 'aria-checked', 'aria-labelledby', 'aria-disabled'];

/** How many items of this page have been given an id. */
let ids = 0;

/** A list item. In a checklist, its box is a checkbox to screen readers too, with the text of the line as its name. */
export class ListItem extends List {
  constructor(...args: ConstructorParameters<typeof List>) {
    super(...args);
    this.describeBox();
  }

  override format(name: string, value: unknown): void {
    super.format(name, value as string);
    if (name === this.statics.blotName && value) this.describeBox();
  }

  /** Sets the box's role, name and state, and whether it may be ticked. */
  describeBox(): void {
    const ticked = ariaChecked[this.domNode.getAttribute('data-list') ?? ''];
    const box = this.uiNode;
    if (!box) return;
    if (ticked === undefined) {
      this.domNode.removeAttribute('id');
      for (const name of boxAttributes) box.removeAttribute(name);
      return;
    }
    if (!box.hasAttribute('aria-labelledby')) this.domNode.id = `item-${++ids}`;
    box.setAttribute('role', 'checkbox');
    box.setAttribute('aria-checked', ticked);
    box.setAttribute('aria-labelledby', this.domNode.id);
    if ((this.scroll as Scroll).isEnabled()) box.removeAttribute('aria-disabled');
    else box.setAttribute('aria-disabled', 'true');
  }
}

/** Updates the boxes of all items. Call it when the editor becomes read-only or editable. */
export function describeBoxes(scroll: Scroll): void {
  for (const item of scroll.descendants(ListItem)) item.describeBox();
}

ListItem.requiredContainer = ListContainer;
ListContainer.allowedChildren = [ListItem];

export { ListContainer };
