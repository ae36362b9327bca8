package access

// TooLow returns the message that tells a person with role why they may not do action. It is only for those who may read the
// document: to others it does not exist.
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
