// jsdom has no layout: these answers to Quill and our components are those of an empty page.
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
