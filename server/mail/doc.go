// Package mail sends letters: verification, reset, invitations. Whoever has one to send hands it over and goes on; one
// goroutine brings letters to the mail server, one after another, tries again while the server says "later", and gives up
// after a few tries. What waits is bounded and in memory only: a letter that a restart catches is lost, so whatever a
// letter says can be asked for again.
//
// A letter is plain text and the same as simple HTML, with nothing from elsewhere in it. Addresses are parsed and subjects
// made one line before they come near a header. The log says that a letter was not sent and why, never to whom.
package mail
