package server

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"quire/storage"
)

// token is somebody who asks with an API token of c's.
func (c *caller) token(scope string) *caller {
	c.h.t.Helper()
	made := c.do("POST", "/me/tokens", map[string]any{"name": "script", "scope": scope, "expires_in_days": 30}).want(201)
	by := c.h.bearer(made["token"].(string))
	by.id = made["id"].(string)
	return by
}

func (c *caller) secret() string { return strings.TrimPrefix(c.header["Authorization"], "Bearer ") }

func TestAnAPITokenActsWithinItsScope(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada") // the administrator
	doc := ada.document("text")
	read, write := ada.token("read"), ada.token("write")
	for _, by := range []*caller{read, write} {
		if me := by.do("GET", "/me", nil).want(200); me["id"] != ada.id || me["sign_in"] != "token:"+by.id {
			t.Errorf("me = %v", me)
		}
		if got := by.text(doc); got != "text\n" {
			t.Errorf("it reads %q", got)
		}
		by.do("GET", "/documents/"+doc+"/ops", nil).want(200) // the past, as its person
		for _, path := range []string{"/me/tokens", "/me/sign-ins", "/me/export", "/admin/people", "/admin/audit", "/admin/settings"} {
			by.do("GET", path, nil).problem(403, "forbidden")
		}
		for _, change := range []struct{ method, path, body string }{
			{"PATCH", "/me", `{"color":3}`}, {"POST", "/me/password", `{"current":"correct horse ada","new":"a new long password"}`},
			{"POST", "/me/tokens", `{"name":"x","scope":"write","expires_in_days":1}`}, {"DELETE", "/me/tokens/" + by.id, ``},
			{"POST", "/me/email", `{"email":"x@example.org"}`}, {"DELETE", "/me/picture", ``},
			{"POST", "/me/delete", `{"password":"correct horse ada","shared":"delete"}`}, {"PATCH", "/admin/settings", `{"signup":"closed"}`},
			{"POST", "/auth/verify", `{"code":"x"}`},
		} {
			by.do(change.method, change.path, change.body).problem(403, "forbidden")
		}
	}
	read.do("POST", "/documents", map[string]any{"title": "x"}).problem(403, "forbidden")
	read.do("PATCH", "/documents/"+doc, map[string]any{"title": "x"}).problem(403, "forbidden")
	read.do("POST", "/documents/"+doc+"/ops", `{"base_revision":1,"op":[{"insert":"x"}]}`).problem(403, "forbidden")
	read.do("POST", "/socket-tickets", nil).problem(403, "forbidden")
	write.do("POST", "/documents/"+doc+"/ops", `{"base_revision":1,"op":[{"insert":"x"}]}`).want(200)
	write.do("POST", "/documents", map[string]any{"title": "made by a program"}).want(201)
	ada.do("GET", "/admin/people", nil).want(200)
	// a guest and a token of an application have none
	_, link := ada.link(doc, "editor")
	guest := h.nobody()
	guest.do("POST", "/links/claim", map[string]any{"token": link}).want(200)
	guest.do("POST", "/me/tokens", map[string]any{"name": "x", "scope": "read", "expires_in_days": 1}).problem(403, "forbidden")
}

// P10, W9: on the socket too, and an ended token's sockets end at once.
func TestP10AReadTokenWritesNothingOnTheSocket(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	read, write := ada.token("read"), ada.token("write")
	looks, writes := read.subscribed(t, doc), write.subscribed(t, doc)
	op := fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":1,"seq":1,"x":{},"op":[{"insert":"x"}]}`, doc)
	looks.send(op)
	refused := looks.until("the refusal", func(f map[string]any) bool { return f["a"] == "op" })
	if e, ok := refused["error"].(map[string]any); !ok || e["code"] != "ERR_FORBIDDEN" {
		t.Errorf("a read token's op: %v", refused)
	}
	if got := ada.text(doc); got != "text\n" {
		t.Errorf("the text is %q", got)
	}
	writes.send(op)
	writes.until("the acknowledgement", func(f map[string]any) bool { return f["a"] == "op" && f["error"] == nil })
	ticket := write.do("POST", "/socket-tickets", nil).want(201)["ticket"].(string)
	byTicket, status := h.nobody().open(t, []string{"quire", "ticket." + ticket})
	if byTicket == nil {
		t.Fatalf("by ticket: %d", status)
	}
	byTicket.send(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2,"quire":1}`)
	byTicket.until("the hello", func(f map[string]any) bool { return f["a"] == "hs" })
	late := write.do("POST", "/socket-tickets", nil).want(201)["ticket"].(string)
	ada.do("DELETE", "/me/tokens/"+write.id, nil).want(204)
	for _, l := range []*line{writes, byTicket} {
		if end := l.closed(); end != 4500 {
			t.Errorf("the ended token's socket closed with %d, want 4500", end)
		}
	}
	write.do("GET", "/me", nil).problem(401, "signed-out")
	if l, status := h.nobody().open(t, []string{"quire", "ticket." + late}); l != nil || status != 401 {
		t.Errorf("a ticket of the ended token: %d, want 401", status)
	}
	looks.send(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`) // the other token's goes on
	looks.until("the hello", func(f map[string]any) bool { return f["a"] == "hs" })
	ada.do("DELETE", "/me/tokens/"+write.id, nil).problem(404, "not-found")
}

func TestAPITokensExpireAndTellWhenTheyWereUsed(t *testing.T) {
	clock := newClockAt()
	h := newHouse(t, func(c *Config) { c.Now = clock.Now })
	ada, bob := h.account("ada"), h.account("bob")
	for _, days := range []int{0, 367} {
		ada.do("POST", "/me/tokens", map[string]any{"name": "x", "scope": "read", "expires_in_days": days}).problem(422, "invalid")
	}
	ada.do("POST", "/me/tokens", map[string]any{"name": "x", "scope": "admin", "expires_in_days": 1}).problem(422, "invalid")
	ada.do("POST", "/me/tokens", map[string]any{"name": " ", "scope": "read", "expires_in_days": 1}).problem(422, "invalid")
	read := ada.token("read")
	if !strings.HasPrefix(read.secret(), "qt_") {
		t.Errorf("the token is %s…", read.secret()[:4])
	}
	stored, err := h.store.Tokens(context.Background(), storage.UserID(ada.id), clock.Now())
	if err != nil || len(stored) != 1 || strings.Contains(fmt.Sprintf("%+v %s", stored[0], stored[0].Hash), read.secret()) {
		t.Errorf("stored %v, %v", stored, err)
	}
	last := func() any {
		list := ada.do("GET", "/me/tokens", nil).want(200)["items"].([]any)
		return list[0].(map[string]any)["last_used_at"]
	}
	if got := last(); got != nil {
		t.Errorf("used at %v before it was", got)
	}
	read.do("GET", "/me", nil).want(200)
	first := last()
	clock.move(59 * time.Minute)
	read.do("GET", "/me", nil).want(200)
	if got := last(); first == nil || got != first {
		t.Errorf("noted %v and then %v within the hour", first, got)
	}
	clock.move(2 * time.Minute)
	read.do("GET", "/me", nil).want(200)
	if got := last(); got == first {
		t.Errorf("still %v after the hour", got)
	}
	bob.do("DELETE", "/me/tokens/"+read.id, nil).problem(404, "not-found")
	clock.move(30 * 24 * time.Hour)
	read.do("GET", "/me", nil).problem(401, "signed-out")
	if err := h.srv.tidy(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.stop()
	if strings.Contains(h.log.String(), read.secret()) {
		t.Error("the log holds a token")
	}
}

// W9: a changed password ends the other sign-ins and the API tokens, with their open sockets.
func TestW9AChangedPasswordEndsTheOthersSockets(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	other := h.nobody()
	other.do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "correct horse ada"}).want(200)
	mine, others, tokens := ada.subscribed(t, doc), other.subscribed(t, doc), ada.token("write").subscribed(t, doc)
	ada.do("POST", "/me/password", map[string]any{"current": "correct horse ada", "new": "a new long password"}).want(204)
	for _, l := range []*line{others, tokens} {
		if end := l.closed(); end != 4500 {
			t.Errorf("closed with %d, want 4500", end)
		}
	}
	mine.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":1,"seq":1,"x":{},"op":[{"insert":"x"}]}`, doc))
	mine.until("the acknowledgement", func(f map[string]any) bool { return f["a"] == "op" && f["error"] == nil })
}
