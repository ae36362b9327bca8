import Image from 'quill/formats/image';
import { allowsEmbed } from '../table';

/**
 * A picture on the web or on this server. Never tells another site which document it stands in, and never a data: address,
 * which would put the file into every op that moves it. One that does not load (it is gone, or the page's policy forbids it)
 * leaves a box with its description, and the address for whoever wants to look.
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
