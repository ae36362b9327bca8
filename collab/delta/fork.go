package delta

import "maps"

// Fork returns a document of the same content that goes its own way; the cost is that of the attributes in use, not of the
// content. Edits of either copy each node once. It is for trying out what an op would lead to. The caller is d's writer; the
// fork has a writer of its own.
func (d *Document) Fork() *Document {
	// Both write nodes of the new generation, but neither can reach the other's.
	d.generation++
	return &Document{root: d.root, generation: d.generation, length: d.length,
		styles: styles{known: maps.Clone(d.styles.known), sweep: d.styles.sweep}}
}
