/** Where somebody was on their way to before they had to sign in or up. Only pages of our own. */

/** A path of ours, or the front page. */
export function ownPath(path: string | null): string {
  if (!path || !/^\/(?![/\\])/.test(path)) return '/';
  const url = new URL(path, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : '/';
}

/** The page to sign up, for who wants to go on to a document. */
export function signUpAddress(path: string): string {
  return path.startsWith('/d/') ? `/signup?return=${encodeURIComponent(path)}` : '/signup';
}

/** Where signing up at this address leads: the document it was opened for, or this very page where one came by a link. */
export function goesOn(): string {
  if (/^\/[is]\//.test(location.pathname)) return location.pathname;
  return ownPath(new URLSearchParams(location.search).get('return'));
}
