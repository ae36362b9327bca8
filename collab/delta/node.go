package delta

import "slices"

const fanOut = 32 // most kids of an inner node

// node is a node of a document's tree. All leaves have one depth. A node belongs to the writer while its generation is the
// document's; after Freeze it is shared and is copied before it changes.
type node struct {
	generation uint64
	leaf               // of a leaf
	kids       []*node // of an inner node
	sizes      []int   // units of each kid
}

func (n *node) isLeaf() bool { return n.kids == nil }

func (n *node) units() int {
	if n.isLeaf() {
		return n.len()
	}
	sum := 0
	for _, s := range n.sizes {
		sum += s
	}
	return sum
}

// own returns n if the writer may change it, else a copy that it may.
func (d *Document) own(n *node) *node {
	if n.generation == d.generation {
		return n
	}
	c := &node{generation: d.generation}
	if n.isLeaf() {
		c.leaf = n.leaf.clone()
		return c
	}
	c.kids = append(make([]*node, 0, fanOut+1), n.kids...)
	c.sizes = append(make([]int, 0, fanOut+1), n.sizes...)
	return c
}

// kid returns the writer's own kid i of n, which is the writer's.
func (d *Document) kid(n *node, i int) *node {
	k := n.kids[i]
	if k.generation != d.generation {
		k = d.own(k)
		n.kids[i] = k
	}
	return k
}

func (d *Document) newInner(kids []*node) *node {
	n := &node{generation: d.generation, kids: append(make([]*node, 0, fanOut+1), kids...), sizes: make([]int, len(kids), fanOut+1)}
	for i, k := range kids {
		n.sizes[i] = k.units()
	}
	return n
}

// replaceKid puts more after kid i of n, measures kid i again, and returns what no longer fits as siblings of n.
func (d *Document) replaceKid(n *node, i int, more []*node) []*node {
	n.sizes[i] = n.kids[i].units()
	if len(more) == 0 {
		return nil
	}
	sizes := make([]int, len(more))
	for k := range more {
		sizes[k] = more[k].units()
	}
	n.kids = slices.Insert(n.kids, i+1, more...)
	n.sizes = slices.Insert(n.sizes, i+1, sizes...)
	if len(n.kids) <= fanOut {
		return nil
	}
	return d.splitInner(n, i+1 == len(n.kids)-len(more))
}

// splitInner cuts n into nodes of at most fanOut kids, about equal; where n grew at its end, all but the last are full.
func (d *Document) splitInner(n *node, grewAtEnd bool) []*node {
	parts := (len(n.kids) + fanOut - 1) / fanOut
	size := (len(n.kids) + parts - 1) / parts
	if grewAtEnd {
		size = fanOut
	}
	var out []*node
	for at := size; at < len(n.kids); at += size {
		out = append(out, d.newInner(n.kids[at:min(at+size, len(n.kids))]))
	}
	clear(n.kids[size:])
	n.kids, n.sizes = n.kids[:size], n.sizes[:size]
	return out
}

// grow makes nodes, siblings of the root, part of the tree.
func (d *Document) grow(nodes []*node) {
	for len(nodes) > 0 {
		root := d.newInner([]*node{d.root})
		d.root = root
		nodes = d.replaceKid(root, 0, nodes)
	}
}

// mend drops kid i of n if it is empty and merges it with a neighbour if both together are small.
func (d *Document) mend(n *node, i int) {
	if i < 0 || i >= len(n.kids) {
		return
	}
	if n.sizes[i] == 0 {
		n.kids, n.sizes = slices.Delete(n.kids, i, i+1), slices.Delete(n.sizes, i, i+1)
		return
	}
	if !sparse(n.kids[i]) {
		return
	}
	switch {
	case n.fitTogether(i):
		d.mergeKids(n, i)
	case n.fitTogether(i - 1):
		d.mergeKids(n, i-1)
	}
}

// mergeKids adds kid i+1 of n to kid i.
func (d *Document) mergeKids(n *node, i int) {
	a, b := d.kid(n, i), n.kids[i+1]
	if a.isLeaf() {
		a.add(&b.leaf)
	} else {
		a.kids, a.sizes = append(a.kids, b.kids...), append(a.sizes, b.sizes...)
	}
	n.sizes[i] += n.sizes[i+1]
	n.kids, n.sizes = slices.Delete(n.kids, i+1, i+2), slices.Delete(n.sizes, i+1, i+2)
}

// sparse reports whether a node is worth merging; the gap to fitTogether keeps edits at the border from flapping.
func sparse(n *node) bool {
	if n.isLeaf() {
		return n.len() < leafUnits/2
	}
	return len(n.kids) < fanOut/4
}

// fitTogether reports whether kids i and i+1 of n, if there are such, may become one. Leaves, which are many, are looked at
// only if their sizes allow it.
func (n *node) fitTogether(i int) bool {
	if i < 0 || i+1 >= len(n.kids) {
		return false
	}
	if n.kids[i].isLeaf() {
		return n.sizes[i]+n.sizes[i+1] <= leafUnits*3/4 && len(n.kids[i].runs)+len(n.kids[i+1].runs) <= leafRuns*3/4
	}
	return len(n.kids[i].kids)+len(n.kids[i+1].kids) <= fanOut*3/4
}
