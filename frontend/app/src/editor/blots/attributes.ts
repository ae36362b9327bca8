import { AttributorStore } from 'parchment';

/**
 * Makes Parchment ignore formats without a value. It finds the formats of an element by the names of its attributes and styles alone, so
 * that another program's `style="color: red"` would be an empty colour of ours.
 */
export function dropEmptyFormats(): void {
  const { prototype } = AttributorStore;
  const found = prototype.build;
  prototype.build = function build(this: AttributorStore): void {
    found.call(this);
    const { attributes, domNode } = this as unknown as Found;
    for (const [name, attributor] of Object.entries(attributes)) {
      const value = attributor.value(domNode);
      if (value === '' || value === undefined || value === null) delete attributes[name];
    }
  };
}

interface Found {
  attributes: Record<string, { value(node: HTMLElement): unknown }>;
  domNode: HTMLElement;
}
