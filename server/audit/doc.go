// Package audit records changes of access and other changes that matter for security: who made them, when and from where.
//
// An entry is written before the change and deleted if the change did not happen, so no change can be without an entry.
// Entries contain ids and fixed words, never a document's content, a secret or a password.
package audit
