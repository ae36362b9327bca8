// Package order holds the rules by which the ops on one document come into one order, and nothing else: no goroutine, no clock,
// no store, no lock. Whoever has a Sequencer feeds it with ops and with what the log holds, and does what its verdicts ask for.
//
// An op goes through these, each in a file of its own:
//
//   - op.go: Request, the op as it was sent, which never changes; Op, that request on its way.
//   - judge.go: Submit finds out where the op begins, takes it over what its sender had not seen, finds its twin (L3), checks that
//     it may follow what is pending (E3), and makes it pending.
//   - transform.go: taking an op over others, one at a time (E2), at once or page by page of a long log.
//   - newline.go: the server's own op behind one that takes the last newline away (E6).
//   - sequencer.go: the committed state, what is pending, and how either changes: committed, found in the log, withdrawn.
//   - recent.go, entry.go: the end of the log, decoded.
//
// Committed state (content, head, recent ops) is separate from what is accepted but not committed (pending): of the latter only
// the length and whether there is content are kept, because judging the next op takes no more.
//
// A Sequencer belongs to one goroutine at a time. Entries never change, so what Since returns may be read by another.
//
// Deliberately absent: who may write (only what was found out about it is here: Op.Barred), whom to answer, when to commit, and
// composed history (E2).
package order
