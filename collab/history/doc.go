// Package history computes views of a document's log: the content at a revision is the nearest snapshot with the ops after it
// applied one by one. Its functions are pure; the caller reads the log and passes the ops in order.
//
// Deliberately absent: composing ops into one (transform and compose do not commute, so a composed op is only for display),
// and reading the store.
package history
