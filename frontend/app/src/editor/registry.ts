import { Registry } from 'parchment';
import Block from 'quill/blots/block';
import Break from 'quill/blots/break';
import Container from 'quill/blots/container';
import Cursor from 'quill/blots/cursor';
import Inline from 'quill/blots/inline';
import Text from 'quill/blots/text';
import { AlignClass } from 'quill/formats/align';
import Blockquote from 'quill/formats/blockquote';
import Bold from 'quill/formats/bold';
import { Code } from 'quill/formats/code';
import { DirectionClass } from 'quill/formats/direction';
import Header from 'quill/formats/header';
import Indent from 'quill/formats/indent';
import Italic from 'quill/formats/italic';
import Script from 'quill/formats/script';
import Strike from 'quill/formats/strike';
import Underline from 'quill/formats/underline';
import { CodeBlockContainer, NamedCodeBlock } from './blots/code-block';
import { GroundColour, TextColour } from './blots/colour';
import { Divider } from './blots/divider';
import { GuardedScroll } from './blots/guarded-scroll';
import { WebImage } from './blots/image';
import { SafeLink } from './blots/link';
import { ListContainer, ListItem } from './blots/list-item';

/** Returns the blots the editor can hold: Quill's basic ones, and one for each format and embed of the table. Nothing else gets into a
 * document, whatever is pasted, dropped or changed by an extension. */
export function createRegistry(): Registry {
  const registry = new Registry();
  registry.register(Block, Break, Container, Cursor, Inline, GuardedScroll as never, Text);
  registry.register(Bold, Italic, Underline, Strike, Code, Script, SafeLink, TextColour, GroundColour);
  registry.register(Header, ListContainer, ListItem, Indent, AlignClass, DirectionClass, Blockquote);
  registry.register(CodeBlockContainer, NamedCodeBlock);
  registry.register(WebImage, Divider);
  return registry;
}
