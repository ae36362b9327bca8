package api

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"quire/server/problem"
)

// anywhere are the problems that every operation can return. The API's description lists them once.
var anywhere = []string{"malformed", "timeout", "headers-too-large", "too-many-requests", "internal", "unavailable"}

// ownProblems are the problems of single operations, besides those that problemsOf derives. The server's tests compare this table with
// every problem they receive: one that is missing or never received fails them.
var ownProblems = map[string][]string{
	"accept-transfer":          {"quota-reached"},
	"get-transfer":             {"forbidden", "in-trash"},
	"add-group-member":         {"forbidden"},
	"admin-add-person":         {"email-taken"},
	"admin-change-person":      {"conflict"},
	"admin-change-settings":    {"conflict"},
	"admin-delete-person":      {"conflict", "proof-needed"},
	"admin-reset-password":     {"proof-needed"},
	"admin-transfer-document":  {"conflict"},
	"change-email":             {"email-taken", "proof-needed"},
	"change-link":              {"forbidden", "in-trash"},
	"change-me":                {"forbidden"},
	"change-member":            {"conflict", "forbidden", "in-trash"},
	"claim-invitation":         {"forbidden", "invitation-expired", "not-found"},
	"claim-link":               {"forbidden", "link-expired", "not-found"},
	"confirm-account":          {"code-gone", "email-taken", "forbidden"},
	"create-document":          {"conflict", "forbidden", "quota-reached"},
	"decline-request":          {"forbidden", "in-trash"},
	"delete-document":          {"forbidden"},
	"delete-me":                {"conflict", "proof-needed"},
	"get-content":              {"precondition-failed", "forbidden"},
	"get-document-audit":       {"forbidden"},
	"grant-request":            {"forbidden", "in-trash"},
	"list-document-candidates": {"forbidden", "in-trash"},
	"list-group-candidates":    {"forbidden"},
	"list-groups":              {"forbidden"},
	"list-invitations":         {"forbidden", "in-trash"},
	"list-links":               {"forbidden", "in-trash"},
	"list-ops":                 {"forbidden"},
	"list-requests":            {"forbidden", "in-trash"},
	"make-group":               {"conflict", "forbidden"},
	"make-invitation":          {"forbidden", "in-trash"},
	"make-link":                {"forbidden", "in-trash"},
	"make-proof":               {"proof-needed"},
	"make-token":               {"proof-needed"},
	"make-socket-ticket":       {"forbidden"},
	"preview-confirm":          {"code-gone", "email-taken", "forbidden"},
	"preview-invitation":       {"invitation-expired", "not-found"},
	"preview-reset":            {"code-gone", "suspended"},
	"preview-link":             {"link-expired", "not-found"},
	"put-content":              {"forbidden", "in-trash", "precondition-failed", "precondition-required", "quota-reached"},
	"remove-document-group":    {"forbidden", "in-trash"},
	"remove-group-member":      {"conflict", "forbidden"},
	"remove-member":            {"conflict", "forbidden", "in-trash"},
	"rename-document":          {"forbidden", "in-trash"},
	"rename-group":             {"conflict", "forbidden"},
	"request-access":           {"forbidden"},
	"request-reset":            {"conflict"},
	"resend-invitation":        {"conflict", "forbidden", "in-trash"},
	"reset-password":           {"code-gone", "suspended"},
	"restore-document":         {"forbidden"},
	"restore-link":             {"conflict", "forbidden", "in-trash"},
	"send-verification":        {"conflict"},
	"set-document-group":       {"forbidden", "in-trash"},
	"set-group-member":         {"conflict", "forbidden"},
	"set-member":               {"conflict", "forbidden", "in-trash"},
	"set-reach":                {"forbidden", "in-trash"},
	"sign-in":                  {"suspended", "wrong-credentials"},
	"sign-out":                 {"forbidden"},
	"sign-up":                  {"conflict", "email-taken", "forbidden"},
	"submit-op":                {"conflict", "forbidden", "in-trash", "quota-reached", "precondition-failed"},
	"transfer-document":        {"conflict", "forbidden", "in-trash", "proof-needed"},
	"withdraw-transfer":        {"forbidden", "in-trash"},
	"verify-email":             {"code-gone", "email-taken", "other-account"},
	"withdraw-invitation":      {"forbidden", "in-trash"},
	"withdraw-link":            {"forbidden", "in-trash"},
}

// OwnProblems returns the problems of single operations by operation id. Callers must not change it.
func OwnProblems() map[string][]string { return ownProblems }

// problemsOf returns the names of the problems that an operation can return.
func problemsOf(op *huma.Operation, public, cookie bool) []string {
	names := map[string]bool{}
	for _, name := range ownProblems[op.OperationID] {
		names[name] = true
	}
	if !public {
		names["signed-out"] = true
		// A token, or one that is only for reading.
		names["forbidden"] = names["forbidden"] || cookie || op.Method != http.MethodGet || !strings.HasPrefix(op.Path, "/documents/{id}") // see admitsToken
	}
	if !public || op.Method != http.MethodGet {
		names["foreign-origin"] = true // of a cookie from another site's page
	}
	if len(op.Parameters) > 0 || op.RequestBody != nil {
		names["invalid"] = true
	}
	if op.RequestBody != nil {
		names["too-large"], names["unsupported-media-type"] = true, true
	}
	if strings.Contains(op.Path, "{") {
		names["not-found"] = true
	}
	maps.DeleteFunc(names, func(_ string, there bool) bool { return !there })
	var sorted []string
	for _, p := range problem.Kinds() {
		if names[p.Name()] {
			sorted = append(sorted, p.Name())
		}
	}
	return sorted
}

// problemKind describes one kind in the API's description.
type problemKind struct {
	Type   string `json:"type"`
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"` // where every such problem says the same
}

// problemCatalogue returns x-problems of the whole document: what each name in an operation's x-problems means.
func problemCatalogue() map[string]problemKind {
	kinds := map[string]problemKind{}
	for _, p := range problem.Kinds() {
		kinds[p.Name()] = problemKind{p.Type, p.Status, p.Title, p.Detail}
	}
	return kinds
}

// refusals returns one response for each status of a problem, by status. Its description lists the titles of its kinds.
func (a *API) refusals() map[string]*huma.Response {
	all := map[string]*huma.Response{}
	for _, p := range problem.Kinds() {
		status := strconv.Itoa(p.Status)
		if all[status] == nil {
			all[status] = &huma.Response{Description: p.Title, Content: map[string]*huma.MediaType{
				problem.ContentType: {Schema: schemaOf[problem.Problem](a)},
			}}
		} else {
			all[status].Description += "; " + strings.ToLower(p.Title[:1]) + p.Title[1:]
		}
	}
	return all
}

// explain adds examples, possible problems and their statuses to each operation.
func (a *API) explain(spec *huma.OpenAPI) {
	catalogue := problemCatalogue()
	spec.Extensions = map[string]any{"x-problems": catalogue, "x-problems-anywhere": anywhere}
	refusals := a.refusals()
	spec.Components.Responses = map[string]*huma.Response{}
	for _, path := range spec.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Put, path.Post, path.Patch, path.Delete} {
			if op == nil {
				continue
			}
			public := len(op.Security) == 0
			cookie := !public && !slices.ContainsFunc(op.Security, func(s map[string][]string) bool { return s["bearer"] != nil })
			s := sampleOf(spec, op, public, cookie)
			problems := problemsOf(op, public, cookie)
			delete(op.Responses, "default") // huma's: what is not said by name is a fault
			for _, name := range slices.Concat(problems, anywhere) {
				status := strconv.Itoa(catalogue[name].Status)
				spec.Components.Responses[status] = refusals[status]
				op.Responses[status] = &huma.Response{Ref: "#/components/responses/" + status}
			}
			op.Extensions = map[string]any{
				"x-problems":    problems,
				"x-codeSamples": []codeSample{{"Shell", "curl", s.curl()}, {"JavaScript", "fetch", s.fetch()}},
			}
		}
	}
}
