/** A picture of an open leaflet with a caret on its blank side. */
export function EmptyPicture() {
  return (
    <svg
      width="92"
      height="84"
      viewBox="0 0 92 84"
      fill="none"
      aria-hidden="true"
      strokeWidth="1.5"
      strokeLinejoin="round"
      strokeLinecap="round"
    >
      <g stroke="var(--ink3)">
        <path d="M46 18 6 8v56l40 12 40-12V8L46 18Z" fill="var(--sheet)" />
        <path d="M46 18v58" />
        <path d="m14 22 24 6.4M14 32l24 6.4M14 42l15 4" />
      </g>
      <path d="M60 29v18" stroke="var(--accent)" strokeWidth="2.5" />
    </svg>
  );
}
