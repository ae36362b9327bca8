package delta

import "slices"

const fanOut = 32 // maximum children of an inner node

// node is a node of a document's tree. All leaves are at one depth. A document may write a node of its own generation. After
// Freeze, which starts a new generation, older nodes are shared and are copied before they change.
type node struct {
	generation uint64
	leaf               // of a leaf
	children   []*node // of an inner node
	sizes      []int   // units of each child
}

func (n *node) isLeaf() bool { return n.children == nil }

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

// own returns n if d may write it, else a copy that d may write.
func (d *Document) own(n *node) *node {
	if n.generation == d.generation {
		return n
	}
	c := &node{generation: d.generation}
	if n.isLeaf() {
		c.leaf = n.leaf.clone()
		return c
	}
	c.children = append(make([]*node, 0, fanOut+1), n.children...)
	c.sizes = append(make([]int, 0, fanOut+1), n.sizes...)
	return c
}

// child returns child i of n, writable; n must be writable, and gets the copy if there is one.
func (d *Document) child(n *node, i int) *node {
	k := n.children[i]
	if k.generation != d.generation {
		k = d.own(k)
		n.children[i] = k
	}
	return k
}

func (d *Document) newInner(children []*node) *node {
	n := &node{generation: d.generation, sizes: make([]int, len(children), fanOut+1)}
	n.children = append(make([]*node, 0, fanOut+1), children...)
	for i, k := range children {
		n.sizes[i] = k.units()
	}
	return n
}

// replaceChild measures child i of n again and inserts more after it. It returns the new siblings of n if n got too many children.
func (d *Document) replaceChild(n *node, i int, more []*node) []*node {
	n.sizes[i] = n.children[i].units()
	if len(more) == 0 {
		return nil
	}
	sizes := make([]int, len(more))
	for k := range more {
		sizes[k] = more[k].units()
	}
	n.children = slices.Insert(n.children, i+1, more...)
	n.sizes = slices.Insert(n.sizes, i+1, sizes...)
	if len(n.children) <= fanOut {
		return nil
	}
	return d.splitInner(n, i+1 == len(n.children)-len(more))
}

// splitInner splits n into nodes of at most fanOut children and returns all but n. They are about equal, except if n grew at its
// end: then all but the last are full.
func (d *Document) splitInner(n *node, grewAtEnd bool) []*node {
	parts := (len(n.children) + fanOut - 1) / fanOut
	size := (len(n.children) + parts - 1) / parts
	if grewAtEnd {
		size = fanOut
	}
	var out []*node
	for at := size; at < len(n.children); at += size {
		out = append(out, d.newInner(n.children[at:min(at+size, len(n.children))]))
	}
	clear(n.children[size:])
	n.children, n.sizes = n.children[:size], n.sizes[:size]
	return out
}

// grow adds nodes, siblings of the root, to the tree.
func (d *Document) grow(nodes []*node) {
	for len(nodes) > 0 {
		root := d.newInner([]*node{d.root})
		d.root = root
		nodes = d.replaceChild(root, 0, nodes)
	}
}

// rebalance drops child i of n if it is empty, and merges it with a neighbour if both together are small.
func (d *Document) rebalance(n *node, i int) {
	if i < 0 || i >= len(n.children) {
		return
	}
	if n.sizes[i] == 0 {
		n.children, n.sizes = slices.Delete(n.children, i, i+1), slices.Delete(n.sizes, i, i+1)
		return
	}
	if !sparse(n.children[i]) {
		return
	}
	switch {
	case n.fitTogether(i):
		d.mergeChildren(n, i)
	case n.fitTogether(i - 1):
		d.mergeChildren(n, i-1)
	}
}

// mergeChildren merges child i+1 of n into child i.
func (d *Document) mergeChildren(n *node, i int) {
	a, b := d.child(n, i), n.children[i+1]
	if a.isLeaf() {
		a.add(&b.leaf)
	} else {
		a.children, a.sizes = append(a.children, b.children...), append(a.sizes, b.sizes...)
	}
	n.sizes[i] += n.sizes[i+1]
	n.children, n.sizes = slices.Delete(n.children, i+1, i+2), slices.Delete(n.sizes, i+1, i+2)
}

// sparse reports whether a node is small enough to be worth merging.
func sparse(n *node) bool {
	if n.isLeaf() {
		return n.len() < leafUnits/2
	}
	return len(n.children) < fanOut/4
}

// fitTogether reports whether children i and i+1 of n exist and are small enough to be merged. The result is at most 3/4 full, so
// that the next edits do not split it again.
func (n *node) fitTogether(i int) bool {
	if i < 0 || i+1 >= len(n.children) {
		return false
	}
	if n.children[i].isLeaf() {
		return n.sizes[i]+n.sizes[i+1] <= leafUnits*3/4 && len(n.children[i].runs)+len(n.children[i+1].runs) <= leafRuns*3/4
	}
	return len(n.children[i].children)+len(n.children[i+1].children) <= fanOut*3/4
}
