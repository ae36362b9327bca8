import Image from 'quill/formats/image';
import { allowsEmbed } from '../table';

/**
 * A picture on the web or on this server. It does not tell the other site which document it is in, and is never a data: address, which
 * would put the file into every op that moves it. If it does not load, because it is gone or the page's policy forbids it, a box shows
 * its description, and its title the address.
 */
export class WebImage extends Image {
  static override create(value: string): HTMLElement {
    const node = Image.create.call(WebImage, '') as HTMLElement;
    node.setAttribute('referrerpolicy', 'no-referrer');
    node.setAttribute('loading', 'lazy');
    node.setAttribute('decoding', 'async');
    node.addEventListener('error', () => {
      node.setAttribute('data-missing', '');
      node.title = `The picture can’t be shown: ${value}`;
    });
    node.setAttribute('src', value);
    return node;
  }

  static override sanitize(url: string): string {
    return allowsEmbed('image', url) ? url : '//:0';
  }
}
