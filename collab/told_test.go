package collab_test

import (
	"quire/collab"
	"quire/storage"
)

// What the store tells of a change.

func grantChanged(hub *collab.Hub, doc storage.DocumentID, user storage.UserID, by collab.Identity) {
	hub.Apply(storage.Event{Kind: storage.EventGrant, Document: doc, Users: []storage.UserID{user}, By: by.User, ByName: by.Name})
}

func reachChanged(hub *collab.Hub, doc storage.DocumentID, by collab.Identity) {
	documentTold(hub, storage.EventReach, doc, by)
}

func membersChanged(hub *collab.Hub, doc storage.DocumentID) {
	documentTold(hub, storage.EventMembers, doc, collab.Identity{})
}

func documentTold(hub *collab.Hub, kind storage.EventKind, doc storage.DocumentID, by collab.Identity) {
	hub.Apply(storage.Event{Kind: kind, Document: doc, By: by.User, ByName: by.Name})
}

func titleChanged(hub *collab.Hub, doc storage.DocumentID, title string, by collab.Identity) {
	hub.Described(storage.Document{ID: doc, Title: title}, by)
}

func signInEnded(hub *collab.Hub, id string) {
	hub.Apply(storage.Event{Kind: storage.EventSignIn, ID: id})
}

func userEnded(hub *collab.Hub, user storage.UserID) {
	hub.Apply(storage.Event{Kind: storage.EventEnded, Users: []storage.UserID{user}})
}
