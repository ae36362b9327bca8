// Package history is views over a document's log: its content at a revision is the nearest snapshot with the ops after it
// applied one by one. Pure functions over ops and content; who calls them reads the log and keeps the order.
//
// Deliberately absent: composing ops into one (transform and compose do not commute, so such an op is for display only),
// and any reading of the store.
package history
