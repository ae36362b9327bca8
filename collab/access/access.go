package access

// Role is what a person is to a document. Higher roles include lower ones.
type Role uint8

const (
	None Role = iota
	Viewer
	Commenter
	Editor
	Owner
)

var names = [...]string{None: "none", Viewer: "viewer", Commenter: "commenter", Editor: "editor", Owner: "owner"}

func (r Role) String() string {
	if int(r) < len(names) {
		return names[r]
	}
	return "none"
}

// Parse returns the role of that name; None, false for an unknown name or "none".
func Parse(name string) (Role, bool) {
	for r := Viewer; r <= Owner; r++ {
		if names[r] == name {
			return r, true
		}
	}
	return None, false
}

// Action is something one may want to do to a document.
type Action uint8

const (
	Read          Action = iota // current content, live ops from now on, presence of others, members' names
	ReadHistory                 // older revisions, ops from before one's own access (W8)
	Announce                    // own presence
	Comment                     // (arrives later)
	Write                       // submit ops
	Rename                      // change the title
	Share                       // members, links, invitations, groups, reach, requests: list, make, change, withdraw
	Transfer                    // hand it over to another owner
	Audit                       // read who changed whose access
	Trash                       // to the trash and back, see it there
	Delete                      // for good; the socket's del and create over it
	Leave                       // give up one's own grant
	RequestAccess               // ask the owners for a role
	actions
)

// least is the table: the lowest role that may.
var least = [actions]Role{
	Read: Viewer, ReadHistory: Editor, Announce: Viewer, Comment: Commenter,
	Write: Editor, Rename: Editor, Share: Owner, Transfer: Owner, Audit: Owner, Trash: Owner, Delete: Owner,
	Leave: Viewer, RequestAccess: None,
}

// Looks reports whether action changes nothing and shows others nothing.
func Looks(action Action) bool { return action == Read || action == ReadHistory }

// Allows reports whether role may do action.
func Allows(role Role, action Action) bool {
	return action < actions && role <= Owner && role >= least[action]
}
