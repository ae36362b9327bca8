package access

// TooLow says, to whoever has role, why they may not do action. Only for those who may read: to others there is no such document.
func TooLow(role Role, action Action) string {
	what := "do this to"
	switch action {
	case Announce:
		what = "show yourself in"
	case Comment:
		what = "comment on"
	case Write:
		what = "edit"
	case Rename:
		what = "rename"
	case ReadHistory:
		what = "read the history of"
	case Share, Transfer:
		what = "share"
	case Audit:
		what = "see who shared"
	case Trash, Delete:
		what = "delete"
	}
	return "As " + role.String() + " you can't " + what + " this document. Its owners can change your role."
}
