import { Attributor, Scope } from 'parchment';
import { allowsFormat } from '../table';

/**
 * A colour that somebody chose. Quill's attributor writes it into the element's style, where the browser rewrites it (`#F00` is read back
 * as `rgb(255, 0, 0)`), and editor and server would differ. Here a custom property keeps the value as it is, and the stylesheet shows
 * it in a lightness that is readable in the current theme.
 */
class ColourAttributor extends Attributor {
  constructor(name: 'color' | 'background') {
    // The key is the property itself: Parchment finds an attributor again by the names in an element's style.
    super(name, `--chosen-${name}`, { scope: Scope.INLINE });
  }

  override canAdd(_node: HTMLElement, value: unknown): boolean {
    return allowsFormat(this.attrName, value);
  }

  override add(node: HTMLElement, value: string): boolean {
    if (!this.canAdd(node, value)) return false;
    node.style.setProperty(this.keyName, value);
    return true;
  }

  override remove(node: HTMLElement): void {
    node.style.removeProperty(this.keyName);
    if (!node.getAttribute('style')) node.removeAttribute('style');
  }

  override value(node: HTMLElement): string {
    return node.style.getPropertyValue(this.keyName).trim();
  }
}

export const TextColour = new ColourAttributor('color');
export const GroundColour = new ColourAttributor('background');
