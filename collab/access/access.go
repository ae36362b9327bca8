package access

// Role is a person's role in a document. Higher roles include lower ones.
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

// Parse returns the role called name, or None and false for an unknown name or "none".
func Parse(name string) (Role, bool) {
	for r := Viewer; r <= Owner; r++ {
		if names[r] == name {
			return r, true
		}
	}
	return None, false
}

// Action is something that a role may allow on a document.
type Action uint8

const (
	Read          Action = iota // current content, live ops from now on, presence of others, members' names
	ReadHistory                 // older revisions, and ops from before the reader got access (W8)
	Announce                    // show one's own presence
	Comment                     // not offered yet
	Write                       // submit ops
	Rename                      // change the title
	Share                       // members, links, invitations, groups, reach, requests: list, make, change, withdraw
	Transfer                    // make somebody else the owner
	Audit                       // read who changed whose access
	Trash                       // move it to the trash and back, see it there
	Delete                      // for good; also the socket's del, and create after a del
	Leave                       // give up one's own grant
	RequestAccess               // ask the owners for a role
	actions
)

// least is the table: the lowest role that allows each action.
var least = [actions]Role{
	Read: Viewer, ReadHistory: Editor, Announce: Viewer, Comment: Commenter,
	Write: Editor, Rename: Editor, Share: Owner, Transfer: Owner, Audit: Owner, Trash: Owner, Delete: Owner,
	Leave: Viewer, RequestAccess: None,
}

// Allows reports whether role allows action. Unknown roles and actions allow nothing.
func Allows(role Role, action Action) bool {
	return action < actions && role <= Owner && role >= least[action]
}
