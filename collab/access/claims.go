package access

import "strings"

// Claimed gives the role that an application token's documents claim holds for id: a key is a document's id, or a prefix
// that ends in "*". Of several keys that cover the id the highest role counts. None, false: no key covers it, so the
// token reaches the document in no way, whatever its person was granted.
func Claimed(claims map[string]Role, id string) (Role, bool) {
	best, covered := None, false
	if role, ok := claims[id]; ok && !strings.HasSuffix(id, "*") {
		best, covered = role, true
	}
	for key, role := range claims {
		prefix, isPrefix := strings.CutSuffix(key, "*")
		if isPrefix && strings.HasPrefix(id, prefix) {
			best, covered = max(best, role), true
		}
	}
	return best, covered
}

// Effective gives the role that counts. Without claims (nil: an account or a guest) it is the grant's. With claims, even
// an empty map, they bound it: None where they do not cover the id, else the higher of claim and grant.
func Effective(claims map[string]Role, id string, granted Role) Role {
	if claims == nil {
		return granted
	}
	role, covered := Claimed(claims, id)
	if !covered {
		return None
	}
	return max(role, granted)
}
