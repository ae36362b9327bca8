// Package frontend carries the built web app inside the binary. The sources live beside it, in two npm workspaces: client/
// (@quire/client, the SDK, no DOM) and app/ (React). Vite writes into dist/, this package embeds what lies there.
//
// Ownership: Vite owns dist/; only dist/.gitkeep is committed. Guarantees: it compiles without Node, and imports nothing of
// ours. Hashed files lie under assets/ with a .br and a .gz beside each, so that nobody compresses per request; index.html
// and the few files with fixed names must be revalidated. Deliberately absent: serving, headers and fallback routes, which
// are server/web's.
package frontend
