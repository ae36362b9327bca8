package access

import (
	"slices"
	"strings"
)

// Claimed returns the role that an application token's documents claim holds for id: a key is a document's id, or a prefix
// that ends in "*". Of several keys that cover the id the highest role counts; None if none does. It is the role of the
// token's person, whatever was granted to them here: a right ends with the token that gave it.
func Claimed(claims map[string]Role, id string) Role {
	best := None
	if !strings.HasSuffix(id, "*") {
		best = claims[id]
	}
	for key, role := range claims {
		prefix, isPrefix := strings.CutSuffix(key, "*")
		if isPrefix && strings.HasPrefix(id, prefix) {
			best = max(best, role)
		}
	}
	return best
}

// Range is the ids from From on that come before Before, by bytes, for all of which claims hold one role.
type Range struct {
	From, Before string
	Role         Role
}

// Ranges returns what claims cover, in order and without overlap: with Claimed for each id in them, and none for others.
func Ranges(claims map[string]Role) []Range {
	type edge struct {
		at   string
		role Role
		step int
	}
	edges := make([]edge, 0, 2*len(claims))
	for key, role := range claims {
		prefix, isPrefix := strings.CutSuffix(key, "*")
		if role == None || strings.ContainsFunc(prefix, neverInIDs) {
			continue
		}
		last := "\x01" // below all that ids are made of: this id alone
		if isPrefix {
			last = "\x7f" // above all of it
		}
		edges = append(edges, edge{prefix, role, 1}, edge{prefix + last, role, -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return strings.Compare(a.at, b.at) })
	var ranges []Range
	var open [Owner + 1]int
	held, from := None, ""
	for i, e := range edges {
		open[e.role] += e.step
		if i+1 < len(edges) && edges[i+1].at == e.at {
			continue
		}
		now := Owner
		for now > None && open[now] == 0 {
			now--
		}
		if now == held {
			continue
		}
		if held != None {
			ranges = append(ranges, Range{from, e.at, held})
		}
		held, from = now, e.at
	}
	return ranges
}

// neverInIDs holds for what no document's id contains, so that a claim with it covers none.
func neverInIDs(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
}
