package access

import (
	"slices"
	"strings"
	"testing"
)

// The whole table, written a second time by hand.
func TestP10EveryScopeAndAction(t *testing.T) {
	rows := map[Action]string{
		Read: "read", ReadHistory: "read", Announce: "comment suggest write", Comment: "comment", Write: "write", Rename: "write",
		Share: "share", Transfer: "share", Audit: "share", Leave: "share", RequestAccess: "share", Trash: "delete", Delete: "delete",
	}
	if len(rows) != int(actions) {
		t.Fatalf("the table has %d actions, this test %d", actions, len(rows))
	}
	for action, row := range rows {
		for i, name := range scopeNames {
			scope, ok := ParseScope(name)
			if !ok || scope != 1<<i {
				t.Fatalf("ParseScope(%q) = %v, %v", name, scope, ok)
			}
			if want := slices.Contains(strings.Fields(row), name); scope.Allow(action) != want {
				t.Errorf("%s allows action %d: %v, want %v", name, action, !want, want)
			}
			if (AllScopes &^ scope).Allow(action) && row == name {
				t.Errorf("action %d is allowed without %s", action, name)
			}
		}
		if !AllScopes.Allow(action) || Scopes(0).Allow(action) {
			t.Errorf("action %d: all scopes must allow it, none must not", action)
		}
	}
	if AllScopes.Allow(actions) {
		t.Error("an action outside the table was allowed")
	}
}

// Tokens made before there were scopes keep what they could do.
func TestStoredScopes(t *testing.T) {
	for stored, want := range map[string]Scopes{
		"read": ScopeRead, "write": AllScopes, "read write": ScopeRead | ScopeWrite, "read share delete": ScopeRead | ScopeShare | ScopeDelete,
		"": ScopeRead, "admin": ScopeRead, "comment": ScopeRead | ScopeComment,
	} {
		if got := StoredScopes(stored); got != want {
			t.Errorf("StoredScopes(%q) = %v, want %v", stored, got.Names(), want.Names())
		}
	}
	if _, ok := ParseScope("admin"); ok {
		t.Error("a name that is none was taken")
	}
}
