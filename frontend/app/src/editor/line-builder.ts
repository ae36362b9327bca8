import Delta from 'quill-delta';
import { withoutUnseen } from './unseen';

type Formats = Record<string, unknown>;

/**
 * Builds lines from the text and embeds of a page. White space is collapsed as a browser does: runs of it become one space, it is
 * dropped at both ends of a line, and a trailing <br> only keeps an empty line.
 */
export class LineBuilder {
  /** How many lines have ended. */
  count = 0;
  private readonly delta = new Delta();
  private lineEmpty = true;
  /** The formats of a space that is not written yet, because it may turn out to be at the end of the line. */
  private space: Formats | null = null;
  /** The formats of a line that a <br> ended, if its newline is not written yet. */
  private broken: Formats | null = null;
  /** The line holds only no-break spaces, which keep it, as in Word's empty paragraphs. */
  private kept = false;
  private flattening = 0;
  /** Nothing was written in this table cell yet. */
  private cellEmpty = false;

  /** Adds text; `pre`: with its white space as it is. */
  text(raw: string, inline: Formats, block: Formats, pre: boolean): void {
    const text = withoutUnseen(raw);
    if (pre) this.verbatim(text, inline, block);
    else this.folded(text, inline);
  }

  private verbatim(text: string, inline: Formats, block: Formats): void {
    const inCode = block['code-block'] !== undefined;
    const [first = '', ...rest] = text.split('\n');
    this.write(first, inCode ? {} : inline);
    for (const line of rest) {
      this.newline(block);
      this.write(line, inCode ? {} : inline);
    }
  }

  private folded(text: string, inline: Formats): void {
    const folded = text.replace(/[ \t\n\f]+/g, ' ');
    const words = folded.trim() === '' ? folded.replaceAll(' ', '') : folded.replace(/^ | $/g, '');
    const bare = this.lineEmpty || this.broken !== null;
    if (folded.startsWith(' ') && !bare && !this.cellEmpty) this.space ??= inline;
    if (bare && /^\u00a0*$/.test(words)) this.kept ||= words !== '';
    else this.write(words.replaceAll('\u00a0', ' '), inline);
    if (words !== '' && folded.endsWith(' ') && !this.lineEmpty) this.space ??= inline;
  }

  private write(text: string, inline: Formats): void {
    if (text === '') return;
    this.open();
    if (this.space) this.delta.insert(' ', this.space);
    this.space = null;
    this.delta.insert(text, inline);
    this.lineEmpty = false;
    this.cellEmpty = false;
  }

  embed(embed: Formats, attributes: Formats, _block: Formats): void {
    this.open();
    if (this.space) this.delta.insert(' ', this.space);
    this.space = null;
    this.delta.insert(embed, attributes);
    this.lineEmpty = false;
  }

  /** Adds an embed on a line of its own. */
  blockEmbed(embed: Formats, block: Formats): void {
    if (this.flattening > 0) return;
    this.end(block);
    this.delta.insert(embed).insert('\n');
    this.count++;
  }

  /** Adds a <br>. */
  break(block: Formats): void {
    if (this.flattening > 0) {
      this.space ??= {};
      return;
    }
    this.open();
    this.broken = block;
    this.space = null;
  }

  /** A block begins: what follows is on a new line. */
  begin(block: Formats): void {
    if (this.flattening > 0) {
      if (!this.lineEmpty && !this.cellEmpty) this.space ??= {};
      return;
    }
    if (!this.lineEmpty || this.broken) this.newline(this.broken ?? block);
    this.kept = false;
  }

  /** A block ends, and with it the line. An empty line only counts if something keeps it: a <br>, a no-break space, or `keep`. */
  end(block: Formats, keep = false): void {
    if (this.flattening > 0) return;
    if (!this.lineEmpty || this.broken || this.kept || keep) this.newline(block);
  }

  /** Puts everything that `write` adds on one line. */
  flat(write: () => void): void {
    this.flattening++;
    this.cellEmpty = true;
    write();
    this.space = null;
    this.cellEmpty = false;
    this.flattening--;
  }

  /** Returns the finished text. */
  finish(): Delta {
    this.space = null;
    if (this.broken) this.newline(this.broken);
    return withoutLastNewline(this.delta);
  }

  /** Writes the newline of a <br>, because something follows it. */
  private open(): void {
    if (this.broken) this.newline(this.broken);
  }

  private newline(block: Formats): void {
    this.delta.insert('\n', block);
    this.count++;
    this.lineEmpty = true;
    this.space = null;
    this.broken = null;
    this.kept = false;
  }
}

/** Drops a last newline without formats: what is pasted joins the line it is pasted into. */
function withoutLastNewline(delta: Delta): Delta {
  const last = delta.ops.at(-1);
  if (typeof last?.insert !== 'string' || !last.insert.endsWith('\n') || last.attributes) return delta;
  return delta.slice(0, delta.length() - 1);
}
