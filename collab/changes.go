package collab

import "quire/storage"

// What REST changed, told to live sessions. Each returns at once; the effect follows within a second (P10).

// GrantChanged: user's role on doc was given, changed or taken away by somebody.
func (h *Hub) GrantChanged(doc storage.DocumentID, user storage.UserID, by Identity) {}

// SignInEnded closes the sessions of a sign-in.
func (h *Hub) SignInEnded(signIn string) {}

// UserChanged: name or colour of a user; who is the user as it now is (ID, Name and Color count).
func (h *Hub) UserChanged(who Person) {}

// TitleChanged tells subscribers the new title.
func (h *Hub) TitleChanged(doc storage.DocumentID, title string, by Identity) {}

// DocumentTrashed closes everybody but owners with 4502.
func (h *Hub) DocumentTrashed(doc storage.DocumentID, by Identity) {}

// DocumentRestored undoes DocumentTrashed.
func (h *Hub) DocumentRestored(doc storage.DocumentID, by Identity) {}

// DocumentDeleted closes everybody with 4502, for good.
func (h *Hub) DocumentDeleted(doc storage.DocumentID) {}

// MembersChanged tells subscribers to read members and links anew.
func (h *Hub) MembersChanged(doc storage.DocumentID) {}
