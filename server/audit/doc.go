// Package audit notes who changed whose access, or another thing that matters to safety, when and from where.
//
// An entry is noted before the change and struck out if the change did not happen, so that no change can be without one.
// Entries hold ids and words of ours, never a document's content, a secret or a password.
package audit
