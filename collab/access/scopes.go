package access

import "strings"

// Scopes is what an API token may do, of what its person's role allows. It is a set; the empty one allows nothing.
type Scopes uint8

const (
	ScopeRead    Scopes = 1 << iota // look: every token may
	ScopeComment                    // comment; not offered yet
	ScopeSuggest                    // suggest changes; not offered yet, so no token has it
	ScopeWrite                      // change text and titles, and make documents
	ScopeShare                      // change who may do what, and see it: members, links, invitations, groups, the log
	ScopeDelete                     // to the trash and back, and for good
	AllScopes    Scopes = 1<<iota - 1
)

var scopeNames = [...]string{"read", "comment", "suggest", "write", "share", "delete"}

// scoped is the table: the scopes of which one allows each action. A token shows presence if it may do anything that others see.
var scoped = [actions]Scopes{
	Read: ScopeRead, ReadHistory: ScopeRead, Announce: ScopeComment | ScopeSuggest | ScopeWrite, Comment: ScopeComment,
	Write: ScopeWrite, Rename: ScopeWrite, Share: ScopeShare, Transfer: ScopeShare, Audit: ScopeShare, Leave: ScopeShare,
	RequestAccess: ScopeShare, Trash: ScopeDelete, Delete: ScopeDelete,
}

// Allow reports whether s allows action to whom their role allows it.
func (s Scopes) Allow(action Action) bool { return action < actions && s&scoped[action] != 0 }

// Names returns the names of s, in the order of the constants.
func (s Scopes) Names() []string {
	names := []string{}
	for i, name := range scopeNames {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// ParseScope returns the scope called name, or 0 and false.
func ParseScope(name string) (Scopes, bool) {
	for i, known := range scopeNames {
		if name == known {
			return 1 << i, true
		}
	}
	return 0, false
}

// StoredScopes returns the scopes of a token from what is stored of it: their names with a space between. "write" alone is of a token
// from before there were others: it may do everything. Names that are not known add nothing, and every token may read.
func StoredScopes(stored string) Scopes {
	if stored == "write" {
		return AllScopes
	}
	s := ScopeRead
	for name := range strings.FieldsSeq(stored) {
		one, _ := ParseScope(name)
		s |= one
	}
	return s
}
