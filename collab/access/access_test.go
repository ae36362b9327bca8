package access

import "testing"

// The whole table, written out a second time by hand, so that a slip in either is seen.
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

func TestUnknownRolesAndActionsMayNothing(t *testing.T) {
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

func TestClaims(t *testing.T) {
	claims := map[string]Role{"plan": Viewer, "team-*": Commenter, "team-a-*": Editor, "exact": Owner, "none-*": None}
	for _, c := range []struct {
		id      string
		granted Role
		want    Role
	}{
		{"plan", None, Viewer}, {"plan", Editor, Editor}, {"planet", Owner, None}, {"pla", Owner, None},
		{"team-x", None, Commenter}, {"team-", None, Commenter}, {"team", Owner, None}, {"team-a-1", None, Editor},
		{"exact", Viewer, Owner}, {"other", Owner, None}, {"", Owner, None}, {"none-1", None, None},
	} {
		if got := Effective(claims, c.id, c.granted); got != c.want {
			t.Errorf("Effective(%q, granted %v) = %v, want %v", c.id, c.granted, got, c.want)
		}
	}
	if got := Effective(nil, "other", Editor); got != Editor {
		t.Errorf("without claims the grant counts: got %v", got)
	}
	if got := Effective(map[string]Role{}, "other", Owner); got != None {
		t.Errorf("absent claims grant nothing: got %v", got)
	}
	if got := Effective(map[string]Role{"*": Viewer}, "any", None); got != Viewer {
		t.Errorf("a lone star covers everything: got %v", got)
	}
	if got := Effective(map[string]Role{"a*": Owner}, "a*", None); got != Owner {
		t.Errorf("prefix covers: got %v", got)
	}
}
