// Package delta is the operational-transform type of Quire: the ops of the rich-text type (quill-delta 5.1) with compose,
// transform, invert and diff, the document they build, and their JSON. It is pure: no goroutine, clock, socket or database,
// and it imports nothing of ours.
//
// # What it promises
//
//   - Results are those of quill-delta 5.1.0, op for op (P6). The committed vectors and the differential test check that.
//   - Lengths and positions are UTF-16 code units everywhere, as in JavaScript (E1). Text is held as WTF-8: UTF-8 in which a
//     lone surrogate half has its three-byte encoding. Halves survive from frame to frame, become one character when they
//     become neighbours, and are encoded as \udXXX escapes.
//   - An op is kept component by component as it was sent: decoding and encoding never merge, reorder or drop (E1, E2).
//   - An op that cannot be applied is refused and changes nothing; the error names the component and what is wrong (E3).
//   - Cost follows the op: a Document applies and validates in O(op · log document) (E4). Transforming small ops into a reused
//     buffer allocates nothing. For a large op over a long history, a Transformer's steps cost only what they touch (E5).
//
// # Ownership
//
// Delta, Component and Attributes are values: no function changes its arguments. Results may share memory with them, so treat
// them as read-only once passed on. Everything except Document may be used from several goroutines. A Document has one
// goroutine; any goroutine may read what Freeze returns.
//
// # Deliberately absent
//
// Retains that carry an object (embed-level OT): refused. Any rule about the last newline (E6): see package order. Composing
// history before a transform: transform and compose do not commute (see TestE2TransformOverComposedHistoryDiffers).
package delta
