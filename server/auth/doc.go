// Package auth knows who is asking. It keeps accounts, guests and their sign-ins, checks passwords, tickets and the
// tokens of embedding applications, and decides which origin a cookie may come from.
//
// One request has one proof. An Authorization header is judged by itself, whatever cookies came along; a ticket counts
// only for opening a socket; a cookie counts only from our own pages (Origin, else Sec-Fetch-Site), so that no other
// site can make a browser act. A proof that does not count is a problem with its reason, never "nobody"; a database that
// cannot be asked is 503, never 401, because a client told 401 believes it was signed out.
//
// Secrets: of a sign-in's token, of the set-up code and of a link only a hash, or nothing at all, is stored; tickets and
// links are signed with keys derived from SECRET_KEY, each for its one purpose. Nothing here logs a secret.
//
// Work an outsider can ask for is bounded: hashing runs on a few workers with a short queue, tries are counted per
// address and per account in maps of fixed size.
//
// Every change of an account, and every sign-in that begins or is ended, is in the audit log (server/audit). That a proof
// ended the store tells (storage.Events), and open sockets feel it by server/events. A change of password ends all other sign-ins and API tokens; a sign-in that was under way meanwhile finds
// that out itself.
//
// Deliberately absent: roles on documents (collab/access), what becomes of a deleted person's documents (server/farewell),
// and any package-level state.
package auth
