// Package delta is the operational-transform type of Quire: the ops of the rich-text type (quill-delta 5.1) with compose,
// transform, invert and diff, the document they build, and the JSON they travel in. It is pure: no goroutine, clock, socket
// or database, and it imports nothing of ours.
//
// # What it promises
//
//   - Results are those of quill-delta 5.1.0, op for op (P6). The committed vectors and the differential test hold that.
//   - Lengths and positions are UTF-16 code units everywhere, as in JavaScript (E1). Text is held as WTF-8: UTF-8 in which a
//     lone surrogate half is its three-byte form. Halves survive from frame to frame, meet again when they become
//     neighbours, and leave as \udXXX escapes.
//   - An op is kept component by component as it was sent: decoding and encoding never merge, reorder or drop (E1, E2).
//   - What cannot be applied is refused with an error that names the component and what was wrong; nothing changed (E3).
//   - Cost follows the op: a Document applies and validates in O(op · log document) (E4). Transforming small ops into a reused
//     buffer allocates nothing. A large op over a long history goes through a Transformer, whose steps cost what they touch (E5).
//
// # Ownership
//
// Delta, Component and Attributes are values: no function changes its arguments, and results may share parts with them, so
// treat them as read-only once handed on. Everything but Document may be used from several goroutines. A Document has one
// writer; what Freeze returns belongs to anyone.
//
// # Deliberately absent
//
// Retains that carry an object (embed-level OT): refused. Any rule about the last newline (E6): the collab package's. Any
// composing of history before a transform: transform and compose do not commute (see TestE2TransformOverComposedHistoryDiffers).
package delta
