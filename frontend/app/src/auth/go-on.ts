/** Where somebody was going before they had to sign in or up. Only pages of this server. */

/** Returns the path if it is one of this server's, else that of the front page. */
export function ownPath(path: string | null): string {
  if (!path || !/^\/(?![/\\])/.test(path)) return '/';
  const url = new URL(path, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : '/';
}

/** Returns the address of the sign-up page that leads on to a path. */
export function signUpAddress(path: string): string {
  return path.startsWith('/d/') ? `/signup?return=${encodeURIComponent(path)}` : '/signup';
}

/** Returns where signing up on this page leads: to the document it was opened for, or to this page itself if that is a link's. */
export function goesOn(): string {
  if (/^\/[is]\//.test(location.pathname)) return location.pathname;
  return ownPath(new URLSearchParams(location.search).get('return'));
}
