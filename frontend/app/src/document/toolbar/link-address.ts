/** Matches a host and port, which look like a scheme: "localhost:3000", "example.org:8080/wiki". */
const withPort = /^([^\s/:@?#]+):\d+(?=[/?#]|$)/;

/** Matches hosts of the local network, which seldom have a certificate. */
const atHand = /^(localhost|127(\.\d{1,3}){3})$/i;

/** Returns the address that typed text stands for: "example.org" as https, "ada@example.org" as mailto. Null if it is not one. */
export function completed(typed: string): string | null {
  const whole = meant(typed);
  // A browser cannot open an address that it cannot parse, such as one with a port over 65535.
  return whole !== null && /^https?:/i.test(whole) && !URL.canParse(whole) ? null : whole;
}

function meant(typed: string): string | null {
  const address = typed.trim();
  if (/^tel:/i.test(address)) return address.replace(/\s/g, '');
  if (/\s/.test(address)) return null;
  const host = withPort.exec(address)?.[1];
  if (host) return `${atHand.test(host) ? 'http' : 'https'}://${address}`;
  if (address === '' || /^[a-z][a-z0-9+.-]*:/i.test(address) || /^[/#?]/.test(address)) return address;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`;
  return `https://${address}`;
}
