package storage

// How many rows of a kind one person, document or group may have. A call that would add one more returns ErrFull; it counts and adds
// in one transaction that locks what the rows belong to, so concurrent calls cannot pass the limit together. What is over a limit
// already stays and can be changed.
const (
	MostTokens         = 50   // of a user, not expired when another is created
	MostGroups         = 200  // that a user is in, when they create another
	MostLinks          = 100  // of a document, also expired ones
	MostInvitations    = 200  // of a document, also expired ones
	MostDocumentGroups = 100  // with a role on a document
	MostRequests       = 1000 // for access to a document
	MostGroupMembers   = 2000 // members of a group and offers of a place in it
)
