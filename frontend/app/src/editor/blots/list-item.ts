import type Scroll from 'quill/blots/scroll';
import List, { ListContainer } from 'quill/formats/list';

const said: Record<string, string> = { checked: 'true', unchecked: 'false' };
const told = ['role', 'aria-checked', 'aria-labelledby', 'aria-disabled'];

/** Items that were given an id in this page. */
let made = 0;

/** An item of a list. The box of a checklist is a checkbox to screen readers too, wherever the list stands, and its name is
 * what stands in the line. */
export class ListItem extends List {
  constructor(...made: ConstructorParameters<typeof List>) {
    super(...made);
    this.tell();
  }

  override format(name: string, value: unknown): void {
    super.format(name, value as string);
    if (name === this.statics.blotName && value) this.tell();
  }

  /** Tells what the box is, of what, and whether it may be ticked. */
  tell(): void {
    const ticked = said[this.domNode.getAttribute('data-list') ?? ''];
    const box = this.uiNode;
    if (!box) return;
    if (ticked === undefined) {
      this.domNode.removeAttribute('id');
      for (const name of told) box.removeAttribute(name);
      return;
    }
    if (!box.hasAttribute('aria-labelledby')) this.domNode.id = `item-${++made}`;
    box.setAttribute('role', 'checkbox');
    box.setAttribute('aria-checked', ticked);
    box.setAttribute('aria-labelledby', this.domNode.id);
    if ((this.scroll as Scroll).isEnabled()) box.removeAttribute('aria-disabled');
    else box.setAttribute('aria-disabled', 'true');
  }
}

/** To be called when the text may be changed from now on, or may not. */
export function tellItems(scroll: Scroll): void {
  for (const item of scroll.descendants(ListItem)) item.tell();
}

ListItem.requiredContainer = ListContainer;
ListContainer.allowedChildren = [ListItem];

export { ListContainer };
