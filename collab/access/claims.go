package access

import (
	"slices"
	"strings"
)

// Claimed returns the role that an application token's documents claim gives for id, or None. A key is a document's id, or a
// prefix followed by "*"; of several keys that cover id, the highest role counts. The claim alone decides: grants made here
// neither raise nor lower it, so that a role ends with the token that gave it.
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

// Range is the ids from From (inclusive) to Before (exclusive), in byte order, to which the claims give Role.
type Range struct {
	From, Before string
	Role         Role
}

// Ranges returns all ids that claims cover, as ranges in order and without overlap. Within a range, Role is what Claimed returns
// for each valid document id; outside all ranges it is None.
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
		last := "\x01" // below every byte of an id, so the range is this id alone
		if isPrefix {
			last = "\x7f" // above every byte of an id
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

// neverInIDs reports whether no document id contains r; a claim that does covers nothing.
func neverInIDs(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
}
