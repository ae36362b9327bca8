package server

import "strings"

// The expectation of the matrix, written down by hand and without a look at collab/access: what each role may do, in words
// of five letters for nobody's role, viewer, commenter, editor and owner.
//
//	y done   4 not found   3 forbidden   c in conflict   t in the trash   a 202 for accounts, 403 for others
//
// What depends on the way by which one came has a word of its own in byWay.

// restTable: operation, optional variant, then the words for a live document and for one in the trash.
const restTable = `
get-document            4yyyy 4444y
rename-document         433yy 4444t
delete-document         4333y 4444y
delete-document/forever 4333y 4444y
restore-document        4333y 4444y
get-content             4yyyy 4444y
get-content/text        4yyyy 4444y
get-content/older       433yy 4444y
put-content             433yy 4444t
list-ops                433yy 4444y
submit-op               433yy 4444t
list-members            4yyyy 4444y
change-member           4333y 4444t
set-member              4333y 4444t
set-member/new          4333K 4444t
remove-member           4333y 4444t
remove-member/me        4LLLL 4444t
list-links              4333y 4444t
make-link               4333y 4444t
change-link             4333y 4444t
withdraw-link           4333y 4444t
restore-link            4333c 4444t
list-invitations        4333y 4444t
list-document-candidates 4333N 4444t
make-invitation         4333y 4444t
resend-invitation       4333y 4444t
withdraw-invitation     4333y 4444t
list-document-groups    4yyyy 4444y
get-document-group      4yyyy 4444y
set-document-group      4333y 4444t
remove-document-group   4333y 4444t
get-reach               4yyyy 4444y
set-reach               4333y 4444t
transfer-document       4333T 4444t
get-transfer            4333y 4444t
withdraw-transfer       4333y 4444t
list-requests           4333y 4444t
request-access          aaaaa aaaaa
grant-request           4333y 4444t
decline-request         4333y 4444t
get-document-audit      4333y 4444y
`

// byWay: L leaving is for who has a grant; T only an owner by name hands over, or a token of the application whose it is; N
// people are chosen by people with an account; K the same, and who is not known to the asker is not found.
const byWay = `
L grant:y link:y group:c reach:c token:c maker:c writing-token:y
T grant:y token:c maker:y writing-token:y
N grant:y token:3 maker:3 writing-token:y reading-token:3
K grant:y token:4 maker:4 writing-token:y
`

// A person's own token for reading does over the socket what changes nothing and shows nothing to others, and of REST what
// is asked with GET; all else is forbidden before anybody looks at the document. How a document is shared it is not told:
// the addresses of links would let it do more than read.
const readingNever = "get-transfer list-document-candidates list-links list-invitations list-requests get-document-audit"

const readingActions = "subscribe fetch fetch/older bulk-subscribe bulk-fetch channel presence-ask version time"

// socketTable: action, then the words for a live document and for one in the trash. f is ERR_FORBIDDEN, e ERR_DOC_ALREADY_CREATED.
const socketTable = `
subscribe       fyyyy ffffy
fetch           fyyyy ffffy
fetch/older     fffyy ffffy
bulk-subscribe  fyyyy ffffy
bulk-fetch      fyyyy ffffy
op              fffyy fffff
create          fffee fffff
del             ffffy fffff
presence        fyyyy ffffy
channel         fyyyy ffffy
presence-ask    fyyyy ffffy
version         fffyy ffffy
time            fffyy ffffy
`

// goneTable: what a token that covers the id gets for a document that was deleted for good, and for one that never was, as
// viewer, editor and owner. d is ERR_DOC_WAS_DELETED, x ERR_DOC_DOES_NOT_EXIST. Everybody else is forbidden: no role is left.
const goneTable = `
subscribe       ddd yyy
fetch           ddd yyy
fetch/older     ddd yyy
bulk-subscribe  ddd yyy
bulk-fetch      ddd yyy
op              fdd fxx
create          fdd fyy
del             ffd ffx
presence        xxx yyy
channel         yyy yyy
presence-ask    yyy yyy
version         fxx fxx
time            fxx fxx
`

// frames: what is sent for each action of the table, and the action of its answer. DOC and VERSION are filled in; each has a
// number of its own.
func frames() map[string][2]string {
	return map[string][2]string{
		"subscribe":      {`{"a":"s","c":"documents","d":"DOC"}`, "s"},
		"fetch":          {`{"a":"f","c":"documents","d":"DOC"}`, "f"},
		"fetch/older":    {`{"a":"f","c":"documents","d":"DOC","v":0}`, "f"},
		"bulk-subscribe": {`{"a":"bs","c":"documents","b":["DOC"]}`, "bs"},
		"bulk-fetch":     {`{"a":"bf","c":"documents","b":["DOC"]}`, "bf"},
		"op":             {`{"a":"op","c":"documents","d":"DOC","v":VERSION,"seq":NUMBER,"x":{},"op":[{"insert":"x"}]}`, "op"},
		"create":         {`{"a":"op","c":"documents","d":"DOC","v":VERSION,"seq":NUMBER,"x":{},"create":{"type":"rich-text","data":[{"insert":"x\n"}]}}`, "op"},
		"del":            {`{"a":"op","c":"documents","d":"DOC","v":VERSION,"seq":NUMBER,"x":{},"del":true}`, "op"},
		"presence": {`{"a":"p","ch":"documents.DOC","id":"pNUMBER","pv":1,"p":{"index":0,"length":0},"c":"documents","d":"DOC","v":VERSION,` +
			`"t":"http://sharejs.org/types/rich-text/v1"}`, "p"},
		"channel":      {`{"a":"ps","ch":"documents.DOC","seq":NUMBER}`, "ps"},
		"presence-ask": {`{"a":"pr","ch":"documents.DOC"}`, "pr"},
		"version":      {`{"a":"nf","id":NUMBER,"c":"documents","d":"DOC","v":0}`, "nf"},
		"time":         {`{"a":"nt","id":NUMBER,"c":"documents","d":"DOC","ts":1}`, "nt"},
	}
}

// words reads a table: name to its words.
func words(table string) map[string][]string {
	rows := map[string][]string{}
	for line := range strings.Lines(table) {
		if fields := strings.Fields(line); len(fields) > 1 {
			rows[fields[0]] = fields[1:]
		}
	}
	return rows
}

// person is one row of the matrix: somebody, by the way they came and with the role it gives them.
type person struct {
	name, way, role string
	row             string // what was given by name and through a group to who comes with a token: it counts for nothing
}

// people: nobody signed in, then everybody by every way. A token's person may have a row from when it counted (claim/row),
// above, equal to and below the claim; a maker made the document, by a token that was an owner's.
func people() (list []person) {
	for line := range strings.Lines(`
nobody
stranger  account
stranger  guest
stranger  admin
stranger  token
grant viewer commenter editor owner
group viewer commenter editor
reach viewer commenter editor
link  viewer commenter editor
token viewer commenter editor owner
token viewer/editor viewer/owner viewer/viewer commenter/owner editor/viewer editor/editor editor/owner owner/viewer none/owner
maker none/owner viewer/owner editor owner
reading-token viewer commenter editor owner none
writing-token viewer commenter editor owner none
admin-reading-token none
admin-writing-token none
`) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case fields[0] == "nobody":
			list = append(list, person{name: "nobody", way: "nobody", role: "none"})
		case fields[0] == "stranger":
			list = append(list, person{name: fields[1] + " without a role", way: fields[1], role: "none"})
		default:
			for _, role := range fields[1:] {
				claim, row, _ := strings.Cut(role, "/")
				way := strings.TrimPrefix(fields[0], "admin-") // an administrator's token is a token
				list = append(list, person{name: role + " by " + fields[0], way: way, role: claim, row: row})
			}
		}
	}
	return list
}

// isAccount holds for who has an account.
func (p person) isAccount() bool { return !strings.Contains("nobody guest link token maker", p.way) }

// byClaim holds for who comes with an application's token.
func (p person) byClaim() bool { return p.way == "token" || p.way == "maker" }

// byGrant holds for who was given a role by name.
func (p person) byGrant() bool {
	return p.role != "none" && (p.way == "grant" || strings.HasSuffix(p.way, "-token"))
}

// administers holds for who has a token of an administrator's.
func (p person) administers() bool { return strings.Contains(p.name, " by admin-") }

// changes: how the way of each can be taken away or lowered, before something is tried again.
func (p person) changes() []string {
	if p.role == "none" {
		return []string{""}
	}
	switch p.way {
	case "link":
		list := []string{"", "removed", "withdrawn", "withdrawn and kept"}
		if p.role != "viewer" {
			list = append(list, "lowered")
		}
		return list
	case "grant", "reach", "reading-token", "writing-token":
		if p.role == "viewer" {
			return []string{"", "removed"}
		}
		return []string{"", "removed", "lowered"}
	case "group":
		if p.role == "viewer" {
			return []string{"", "removed", "left the group", "group deleted"}
		}
		return []string{"", "removed", "lowered", "left the group", "group deleted"}
	}
	return []string{""}
}
