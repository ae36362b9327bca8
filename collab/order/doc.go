// Package order puts the ops on one document into one order, as a pure state machine: no goroutine, clock, store or lock.
// The caller feeds a Sequencer with incoming ops and with what the log holds, and acts on its verdicts.
//
// An op passes through these files:
//
//   - op.go: Request, the op as it was sent, immutable; Op, that request while it is being processed.
//   - judge.go: Submit finds the op's starting revision, transforms it over the committed ops that its sender had not seen,
//     looks for its twin (L3), checks it against the pending ops (E3), and makes it pending.
//   - transform.go: transforming an op over others, one at a time (E2), in one call or page by page over a long log.
//   - newline.go: the server's own op, which follows one that removes the final newline (E6).
//   - sequencer.go: the committed state and the pending ops, and how they change: by commit, from the log, by withdrawal.
//   - recent.go, entry.go: the end of the log, decoded.
//
// Committed state (content, head, recent ops) is separate from the ops that are accepted but not committed (pending). Of the
// state after the pending ops only its length and whether there is content are kept: judging the next op needs no more.
//
// A twin of an op has the same client and seq: usually the same op, sent again.
//
// A Sequencer is used by one goroutine at a time. Entries are immutable, so any goroutine may read what Since returns.
//
// Deliberately absent: deciding who may write (the caller sets Op.Barred), whom to answer, when to commit, and composed
// history (E2).
package order
