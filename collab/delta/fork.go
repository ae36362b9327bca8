package delta

import "maps"

// Fork returns an independent document with the same content, for trying what an op would do. Its cost depends on the attributes
// in use, not on the content; later edits of either copy each node that they touch, once. Only d's goroutine may call it, but
// another goroutine may use the fork.
func (d *Document) Fork() *Document {
	// Both create nodes of the new generation, but neither can reach the other's.
	d.generation++
	return &Document{root: d.root, generation: d.generation, length: d.length,
		styles: styles{known: maps.Clone(d.styles.known), sweep: d.styles.sweep}}
}
