package access

import (
	"math/rand/v2"
	"testing"
)

// The whole table, written a second time by hand, so that a slip in either shows.
func TestP10EveryRoleAndAction(t *testing.T) {
	rows := map[Action]string{ //  none viewer commenter editor owner
		Read: "-yyyy", ReadHistory: "---yy", Announce: "-yyyy", Comment: "--yyy", Write: "---yy",
		Rename: "---yy", Share: "----y", Transfer: "----y", Audit: "----y", Trash: "----y", Delete: "----y",
		Leave: "-yyyy", RequestAccess: "yyyyy",
	}
	if len(rows) != int(actions) {
		t.Fatalf("the table has %d actions, this test %d", actions, len(rows))
	}
	for action, row := range rows {
		for role := None; role <= Owner; role++ {
			if got, want := Allows(role, action), row[role] == 'y'; got != want {
				t.Errorf("Allows(%v, %d) = %v, want %v", role, action, got, want)
			}
		}
	}
}

func TestUnknownRolesAndActionsAllowNothing(t *testing.T) {
	if Allows(Owner+1, Read) || Allows(Owner, actions) || Allows(None, Read) {
		t.Error("something outside the table was allowed")
	}
	if (Owner + 1).String() != "none" {
		t.Error("a role outside the table has a name")
	}
}

func TestParseKnowsEveryNameButNone(t *testing.T) {
	for r := Viewer; r <= Owner; r++ {
		if got, ok := Parse(r.String()); !ok || got != r {
			t.Errorf("Parse(%q) = %v, %v", r, got, ok)
		}
	}
	for _, name := range []string{"", "none", "Editor", "admin", "suggester"} {
		if got, ok := Parse(name); ok || got != None {
			t.Errorf("Parse(%q) = %v, %v, want none", name, got, ok)
		}
	}
}

// P10: the claim decides, alone.
func TestP10Claims(t *testing.T) {
	claims := map[string]Role{"plan": Viewer, "team-*": Commenter, "team-a-*": Editor, "exact": Owner, "none-*": None}
	for id, want := range map[string]Role{
		"plan": Viewer, "planet": None, "pla": None, "team-x": Commenter, "team-": Commenter, "team": None, "team-a-1": Editor,
		"exact": Owner, "other": None, "": None, "none-1": None,
	} {
		if got := Claimed(claims, id); got != want {
			t.Errorf("Claimed(%q) = %v, want %v", id, got, want)
		}
	}
	if got := Claimed(map[string]Role{"*": Viewer}, "any"); got != Viewer {
		t.Errorf("a lone star covers everything: got %v", got)
	}
	if got := Claimed(map[string]Role{"a*": Owner}, "a*"); got != Owner {
		t.Errorf("prefix covers: got %v", got)
	}
}

// Ranges and Claimed agree on every id.
func TestRangesAgreeWithClaimed(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	word := func(most int) string {
		text := make([]byte, r.IntN(most+1))
		for i := range text {
			text[i] = "-_aAzZ09"[r.IntN(8)]
		}
		return string(text)
	}
	for range 3000 {
		claims := map[string]Role{}
		for range r.IntN(6) {
			key := word(3)
			if r.IntN(2) == 0 {
				key += "*"
			}
			if r.IntN(9) == 0 {
				key = "é" + key
			}
			claims[key] = Role(r.IntN(int(Owner) + 1))
		}
		ranges := Ranges(claims)
		for range 20 {
			id, got, last := "a"+word(4), None, ""
			for _, in := range ranges {
				if in.From < last || in.Before <= in.From {
					t.Fatalf("%v gives %v, which is not in order", claims, ranges)
				}
				if last = in.Before; id >= in.From && id < in.Before {
					got = in.Role
				}
			}
			if want := Claimed(claims, id); got != want {
				t.Fatalf("%v gives %v: %q has %v, want %v", claims, ranges, id, got, want)
			}
		}
	}
}
