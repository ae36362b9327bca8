package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// accountTable is written by hand, as matrix_table_test.go is: who may use the operations that are not about one document. A letter each for
// nobody, a guest by link, an account, an administrator, an account's tokens for reading and writing, an administrator's tokens for
// reading and writing, and an application's token.
//
//	y let in, whatever then becomes of it   1 signed out   3 forbidden
//
// What changes or shows an account needs its browser, and what is for administrators one of theirs: no token does.
const accountTable = `
admin-audit              133y33333
admin-list-documents     133y33333
admin-transfer-document  133y33333
admin-list-people        133y33333
admin-add-person         133y33333
admin-change-person      133y33333
admin-delete-person      133y33333
admin-reset-password     133y33333
admin-end-sign-ins       133y33333
admin-list-sign-ins      133y33333
admin-end-sign-in        133y33333
admin-get-settings       133y33333
admin-change-settings    133y33333
admin-storage            133y33333
get-server               yyyyyyyyy
preview-link             yyyyyyyyy
preview-invitation       yyyyyyyyy
preview-reset            yyyyyyyyy
start-oidc               yyyyyyyyy
finish-oidc              yyyyyyyyy
sign-in                  yyyyyyyyy
request-reset            yyyyyyyyy
reset-password           yyyyyyyyy
preview-confirm          yyyy3y3yy
confirm-account          yyyy3y3yy
sign-up                  yyyy3y3yy
sign-out                 yyyy3y3yy
claim-link               yyyy3y3y3
get-me                   1yyyyyyyy
change-me                1yyy3333y
list-documents           1yyyyyyyy
get-picture              1yyyyyyyy
list-groups              1yyyyyyyy
get-group                1yyyyyyyy
list-group-members       1yyyyyyyy
list-group-candidates    1yyyyyyyy
list-my-group-offers     1yyyyyyyy
list-my-invitations      1yyyyyyyy
create-document          13yy3y3yy
make-group               13yy3y3y3
claim-invitation         13yy3y3y3
rename-group             1yyy3y3yy
delete-group             1yyy3y3yy
add-group-member         1yyy3y3yy
set-group-member         1yyy3y3yy
remove-group-member      1yyy3y3yy
take-group-offer         1yyy3y3yy
decline-group-offer      1yyy3y3yy
accept-invitation        1yyy3y3yy
decline-invitation       1yyy3y3yy
list-my-transfers        1yyyyyyyy
accept-transfer          1yyy3y3yy
decline-transfer         1yyy3y3yy
make-socket-ticket       1yyy3y3yy
delete-me                1yyy33333
export-me                1yyy33333
list-sign-ins            1yyy33333
end-sign-in              1yyy33333
list-tokens              1yyy33333
end-token                1yyy33333
remove-picture           1yyy33333
verify-email             1yyy33333
make-proof               13yy33333
list-made-with-token     1yyy33333
make-token               13yy33333
change-email             13yy33333
change-password          13yy33333
set-picture              13yy33333
send-verification        13yy33333
`

// accountPrincipals makes each of the table's principals anew.
func accountPrincipals(h *house) []func() *caller {
	made := 0
	account := func() *caller {
		made++
		return h.account(fmt.Sprint("person", made))
	}
	root := h.account("root")
	elsewhere := root.document("elsewhere")
	administrator := func() *caller {
		c := account()
		root.do("PATCH", "/admin/people/"+c.id, map[string]any{"admin": true}).want(200)
		return c
	}
	return []func() *caller{
		h.nobody,
		func() *caller {
			c := h.nobody()
			_, secret := root.link(elsewhere, "viewer")
			c.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
			return c
		},
		account,
		administrator,
		func() *caller { return account().token("read") },
		func() *caller { return account().token("write") },
		func() *caller { return administrator().token("read") },
		func() *caller { return administrator().token("write") },
		func() *caller {
			made++
			return h.bearer(token(h.t, fmt.Sprint("app", made), map[string]string{elsewhere: "owner"}, soon))
		},
	}
}

func TestP10TheMatrixOfAccounts(t *testing.T) {
	h := newHouse(t, withTokens)
	principals := accountPrincipals(h)
	table := words(accountTable)
	cells, described := 0, map[string]bool{}
	for _, o := range h.operations() {
		if strings.HasPrefix(o.path, "/documents/{id}") {
			continue // restTable has them
		}
		described[o.id] = true
		got := ""
		for _, principal := range principals {
			cells++
			answer := o.ask(principal(), map[string]string{"id": "nobody-made-this"})
			kind, ofField := answer.kind(), strings.Contains(string(answer.body), `"location"`)
			switch {
			case answer.status == http.StatusUnauthorized && kind == "signed-out":
				got += "1"
			case answer.status == http.StatusForbidden && !ofField: // with a field it is what was sent, as a wrong password
				got += "3"
			default:
				got += "y"
			}
		}
		if row := table[o.id]; row == nil {
			t.Errorf("the API has %s, of which the table says nothing: %s", o.id, got)
		} else if row[0] != got {
			t.Errorf("%s: %s, want %s", o.id, got, row[0])
		}
	}
	for name := range table {
		if !described[name] {
			t.Errorf("the table has %s, which the API does not know", name)
		}
	}
	t.Logf("%d cells of accounts", cells)
}
