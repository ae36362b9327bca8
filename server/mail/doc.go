// Package mail sends letters: verifications, password resets, invitations. Callers put a letter into a queue and do not wait. One
// goroutine delivers the letters to the mail server one by one, retries temporary failures, and gives up after a few tries. The
// queue is bounded and only in memory: a restart loses what waits, so users can ask for every letter again.
//
// A letter is plain text and the same as simple HTML, which fetches nothing. Addresses are parsed, and subjects reduced to one
// line, before they get into a header. The log says that a letter was not sent and why, never to whom.
package mail
