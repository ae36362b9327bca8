// jsdom has no layout; what Quill and our components ask of it gets the answer of an empty page.
export {};

Range.prototype.getBoundingClientRect ??= () => new DOMRect();
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
window.scrollBy = () => {};
window.matchMedia ??= (media) =>
  ({
    matches: false,
    media,
    addEventListener() {},
    removeEventListener() {},
    dispatchEvent: () => false,
  }) as unknown as MediaQueryList;
