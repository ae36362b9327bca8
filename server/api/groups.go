package api

import "net/http"

// Group is a set of people that a role can be given to.
type Group struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Members   int    `json:"members"`
	Manager   bool   `json:"manager" doc:"You may change it"`
	CreatedAt Time   `json:"created_at"`
}

// Groups is a list by name.
type Groups struct {
	Items []Group `json:"items" nullable:"false"`
}

// GroupMember is somebody in a group.
type GroupMember struct {
	User      MemberUser `json:"user"`
	Manager   bool       `json:"manager"`
	CreatedAt Time       `json:"created_at"`
}

// GroupMembers is everybody in a group, oldest first.
type GroupMembers struct {
	Items []GroupMember `json:"items" nullable:"false"`
}

type listGroupsIn struct {
	All bool `query:"all" doc:"Every group, not only mine; for administrators"`
}

type GroupPath struct {
	ID string `path:"id" doc:"The group's id"`
}

type GroupMemberPath struct {
	GroupPath
	User string `path:"user" doc:"The person's id"`
}

// NewGroup is what a group is called.
type NewGroup struct {
	Name string `json:"name" maxLength:"400" doc:"One line, at most 100 characters"`
}

type makeGroupIn struct{ Body NewGroup }

type renameGroupIn struct {
	GroupPath
	Body NewGroup
}

type addGroupMemberIn struct {
	GroupPath
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}

type setGroupMemberIn struct {
	GroupMemberPath
	Body struct {
		Manager bool `json:"manager"`
	}
}

func (a *API) registerGroups() {
	const tag = "Groups"
	add(a, route{id: "list-groups", method: http.MethodGet, path: "/groups", tag: tag, summary: "The groups I am in"},
		soon[listGroupsIn, bodyOf[Groups]])
	add(a, route{id: "make-group", method: http.MethodPost, path: "/groups", tag: tag, status: http.StatusCreated,
		summary: "Make a group", about: "Accounts only. Whoever makes it manages it."}, soon[makeGroupIn, bodyOf[Group]])
	add(a, route{id: "get-group", method: http.MethodGet, path: "/groups/{id}", tag: tag, summary: "One group"},
		soon[GroupPath, bodyOf[Group]])
	add(a, route{id: "rename-group", method: http.MethodPatch, path: "/groups/{id}", tag: tag, summary: "Rename a group"},
		soon[renameGroupIn, bodyOf[Group]])
	add(a, route{id: "delete-group", method: http.MethodDelete, path: "/groups/{id}", tag: tag, status: http.StatusNoContent,
		summary: "Delete a group, with all that was shared with it"}, soon[GroupPath, none])
	add(a, route{id: "list-group-members", method: http.MethodGet, path: "/groups/{id}/members", tag: tag,
		summary: "Who is in a group", about: "E-mails are shown to its managers only."}, soon[GroupPath, bodyOf[GroupMembers]])
	add(a, route{id: "add-group-member", method: http.MethodPost, path: "/groups/{id}/members", tag: tag,
		status: http.StatusAccepted, summary: "Put the account of an e-mail into a group",
		about: "The answer is the same whether there is a verified account of that e-mail; the list shows who is in."},
		soon[addGroupMemberIn, none])
	add(a, route{id: "set-group-member", method: http.MethodPut, path: "/groups/{id}/members/{user}", tag: tag,
		summary: "Put somebody into a group, or change whether they manage it"}, soon[setGroupMemberIn, bodyOf[GroupMember]])
	add(a, route{id: "remove-group-member", method: http.MethodDelete, path: "/groups/{id}/members/{user}", tag: tag,
		status: http.StatusNoContent, summary: "Take somebody out of a group, or leave it"}, soon[GroupMemberPath, none])
}
