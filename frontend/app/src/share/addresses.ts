/** Parses e-mail addresses as people paste them: separated by commas, semicolons, spaces or lines, as "Name <address>" or bare. */

export interface Typed {
  /** The addresses, each once, in the order typed. */
  addresses: string[];
  /** What is not an address, as it was typed. */
  wrong: string[];
}

export function parseAddresses(text: string): Typed {
  const addresses: string[] = [];
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (const part of text.split(/[,;\n]+/))
    for (const one of pieces(part)) {
      if (!looksRight(one)) wrong.push(one);
      else if (!seen.has(one.toLowerCase())) {
        seen.add(one.toLowerCase());
        addresses.push(one);
      }
    }
  return { addresses, wrong };
}

/** "Ada Lindqvist <ada@example.org>" is one address; "ada@example.org bob@example.org" are two. */
function pieces(part: string): string[] {
  const inBrackets = [...part.matchAll(/<([^<>]+)>/g)].map((match) => (match[1] ?? '').trim());
  if (inBrackets.length > 0) return inBrackets;
  return part.split(/\s+/).filter((word) => word !== '');
}

/** Checks only roughly, to catch typing mistakes before anything is sent; the server decides. */
function looksRight(address: string): boolean {
  return address.length <= 254 && /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(address);
}
