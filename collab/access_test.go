package collab_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

func TestW9WithoutARoleAnIDAnswersTheSameWhetherItExistsOrNot(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		eve := h.connect("eve", "")
		for _, request := range []string{
			`{"a":"s","c":"documents","d":"%s"}`, `{"a":"f","c":"documents","d":"%s","v":0}`,
			`{"a":"op","c":"documents","d":"%s","v":0,"seq":1,"op":[]}`, `{"a":"op","c":"documents","d":"%s","v":0,"seq":1,"del":true}`,
			`{"a":"op","c":"documents","d":"%s","v":null,"seq":1,"create":{"type":"rich-text"}}`,
			`{"a":"nf","id":1,"c":"documents","d":"%s","v":0}`, `{"a":"ps","ch":"documents.%s","seq":1}`, `{"a":"pr","ch":"documents.%s"}`,
			`{"a":"bf","c":"documents","b":["%s"]}`, `{"a":"bs","c":"documents","b":{"%s":0}}`,
		} {
			var answers [2]string
			for i, id := range []string{"d1", "dx"} {
				eve.send(request, id)
				answers[i] = strings.ReplaceAll(strings.Join(eve.raw(), " "), id, "ID")
			}
			if answers[0] != answers[1] || !strings.Contains(answers[0], "ERR_FORBIDDEN") {
				t.Errorf("%s: %s and %s", request, answers[0], answers[1])
			}
		}
		ann.expect()
		h.wantLog(1)
	})
}

func TestP10AViewerWritesNothing(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		vic := h.connect("vic", "")
		vic.subscribe(doc)
		vic.op(doc, 1, `[{"insert":"x"}]`)
		wantWords(h, vic.expect("op!ERR_FORBIDDEN")[0], "As viewer you can't edit this document.")
		vic.send(`{"a":"op","c":"documents","d":"d1","v":1,"seq":2,"del":true}`)
		wantWords(h, vic.expect("op!ERR_FORBIDDEN")[0], "As viewer you can't delete this document.")
		stranger := h.connect("nobody", "")
		stranger.op(doc, 1, `[{"insert":"x"}]`)
		wantWords(h, stranger.expect("op!ERR_FORBIDDEN")[0], "there is no such document") // nor is it told that there is one
		h.wantLog(1)
	})
}

// wantWords asks for part of what a refusal says: who may read is told the true reason, and nobody else.
func wantWords(h *house, frame map[string]any, part string) {
	h.Helper()
	said, _ := frame["error"].(map[string]any)
	if message, _ := said["message"].(string); !strings.Contains(message, part) {
		h.Errorf("refused with %q, want %q in it", message, part)
	}
}

func TestP10ALowerRoleTakesEffectAtOnce(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		bob.op(doc, 1, `[{"insert":"B"}]`) // waits behind
		ann.op(doc, 1, `[{"insert":"C"}]`)
		h.grant(doc, "bob", access.Viewer)
		grantChanged(h.hub, doc, "bob", identity("ann"))
		frames := bob.expect("doc viewer", "op!ERR_FORBIDDEN")
		wantWords(h, frames[1], "As viewer you can't edit")
		if frames[0]["reason"] != "role" || fmt.Sprint(frames[0]["by"]) != "map[id:ann name:ANN]" {
			t.Errorf("notice = %v", frames[0])
		}
		h.store.Release()
		ann.expect("ack 1", "ack 2")
		bob.expect("op 1", "op 2")
		bob.op(doc, 3, `[{"insert":"B"}]`)
		bob.expect("op!ERR_FORBIDDEN")
		h.wantText("ACab")
	})
}

func TestP10WithoutARoleTheSessionEnds(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		if err := h.memory.RemoveGrant(h.Context(), doc, "bob"); err != nil {
			t.Fatal(err)
		}
		grantChanged(h.hub, doc, "bob", identity("ann"))
		ann.op(doc, 1, `[{"insert":"A"}]`)
		frames := bob.expect("doc none")
		if frames[0]["reason"] != "removed" || bob.closed() != wire.CloseForbidden {
			t.Errorf("notice %v, closed with %d, want removed and %d", frames[0], bob.closed(), wire.CloseForbidden)
		}
		bob.session.Leave()
		again := h.connect("bob", bob.id)
		again.send(`{"a":"s","c":"documents","d":"d1","v":1}`)
		again.expect("s!ERR_FORBIDDEN")
	})
}

func TestW9SignInsEndAndExpire(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		signInEnded(h.hub, "signin-bob")
		if bob.closed() != wire.CloseSignedOut || ann.closed() != 0 {
			t.Errorf("closed: bob %d, ann %d; want %d and 0", bob.closed(), ann.closed(), wire.CloseSignedOut)
		}
		who := identity("vic")
		who.Expires = time.Now().Add(time.Minute)
		vic := h.join(h.hub, who, "")
		time.Sleep(59 * time.Second)
		if vic.closed() != 0 {
			t.Errorf("closed with %d before the time", vic.closed())
		}
		time.Sleep(2 * time.Second)
		if vic.closed() != wire.CloseTokenExpired {
			t.Errorf("closed with %d, want %d", vic.closed(), wire.CloseTokenExpired)
		}
	})
}

func TestTrashClosesAllButOwnersAndComesBack(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		if err := h.memory.TrashDocument(h.Context(), doc, "ann", time.Now()); err != nil {
			t.Fatal(err)
		}
		documentTold(h.hub, storage.EventTrashed, doc, identity("ann"))
		bob.expect("doc <nil>")
		if bob.closed() != wire.CloseDeleted || ann.closed() != 0 {
			t.Errorf("closed: bob %d, ann %d; want %d and 0", bob.closed(), ann.closed(), wire.CloseDeleted)
		}
		ann.op(doc, 1, `[{"insert":"A"}]`)
		ann.expect("doc <nil>", "op!ERR_FORBIDDEN")
		bob.session.Leave()
		again := h.connect("bob", "")
		again.send(`{"a":"s","c":"documents","d":"d1"}`)
		again.expect("s!ERR_FORBIDDEN")
		if err := h.memory.RestoreDocument(h.Context(), doc); err != nil {
			t.Fatal(err)
		}
		documentTold(h.hub, storage.EventRestored, doc, identity("ann"))
		again.send(`{"a":"s","c":"documents","d":"d1"}`)
		again.expect("s@1", "doc editor")
	})
}

func TestL7ADocumentDeletedForGoodIsGone(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		if err := h.memory.DeleteDocument(h.Context(), doc, time.Now()); err != nil {
			t.Fatal(err)
		}
		bob.op(doc, 1, `[{"insert":"B"}]`) // before anybody told this node
		bob.expect("op!ERR_DOC_WAS_DELETED", "doc none")
		if bob.closed() != wire.CloseDeleted || ann.closed() != wire.CloseDeleted {
			t.Errorf("closed: bob %d, ann %d; want %d", bob.closed(), ann.closed(), wire.CloseDeleted)
		}
		documentTold(h.hub, storage.EventDeleted, doc, collab.Identity{})
		_, _, err := h.hub.Content(h.Context(), "", doc, storage.Newest)
		if !errors.Is(err, storage.ErrDeleted) {
			t.Errorf("Content = %v, want ErrDeleted", err)
		}
	})
}

// L7, P10: whoever has no role any more because the document is gone is told that it is gone, though this node was told of a change
// of access first.
func TestL7WhoLosesTheirRoleWithTheDocumentIsToldSo(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		if err := h.memory.DeleteDocument(h.Context(), doc, time.Now()); err != nil {
			t.Fatal(err)
		}
		documentTold(h.hub, storage.EventReach, doc, identity("ann"))
		synctest.Wait()
		if bob.closed() != wire.CloseDeleted || ann.closed() != wire.CloseDeleted {
			t.Errorf("closed: bob %d, ann %d; want %d", bob.closed(), ann.closed(), wire.CloseDeleted)
		}
	})
}

// P8: who withdraws a link with a thousand people makes a thousand changes; whoever looks at the members fetches them a few times.
func TestP8ManyChangesOfMembersAreToldTogether(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for range 1000 {
			membersChanged(h.hub, doc)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		told := len(bob.pull())
		membersChanged(h.hub, doc)
		synctest.Wait()
		if again := len(bob.pull()); told < 2 || told > 6 || again != 1 {
			t.Errorf("told %d times of 1000 changes in a second, want 4 or 5; then %d times of one, want at once", told, again)
		}
	})
}

func TestChangesAreToldToQuireClients(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		titleChanged(h.hub, doc, "Other", identity("ann"))
		membersChanged(h.hub, doc)
		frames := bob.expect("doc <nil>", "members")
		if frames[0]["title"] != "Other" || frames[0]["reason"] != "title" {
			t.Errorf("notice = %v", frames[0])
		}
		bob.channel()
		ann.announce("a", 0, 1, 1)
		h.hub.UserChanged(collab.Person{ID: "ann", Name: "Anna", Color: 9, Picture: "/p?v=2"})
		f := bob.expect("p a at 1 v1")[0]
		if user := f["p"].(map[string]any)["user"]; fmt.Sprint(user) != "map[color:9 id:ann name:Anna picture:/p?v=2]" {
			t.Errorf("user = %v", user)
		}
		present := h.hub.Present([]storage.DocumentID{doc, "none"})
		if got := fmt.Sprint(present); got != "map[d1:[{ann Anna 9 false /p?v=2 true} {bob BOB 3 false  true}]]" {
			t.Errorf("present = %s", got)
		}
		ann.session.Leave()
		bob.session.Leave()
		synctest.Wait()
		if present := h.hub.Present([]storage.DocumentID{doc}); len(present) != 0 {
			t.Errorf("present = %v, want nobody", present)
		}
	})
}

// token is an application's identity that may do as claimed.
func token(user string, claims map[string]access.Role) collab.Identity {
	who := identity(user)
	who.SignIn, who.Claims, who.Application = "", claims, "https://app"
	return who
}

func TestAnApplicationsTokenCreatesByTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withTable)
		app := h.join(h.hub, token("app", map[string]access.Role{"app-*": access.Editor}), "")
		app.send(`{"a":"s","c":"documents","d":"app-1"}`)
		app.expect("s@0")
		create := `{"a":"op","c":"documents","d":"app-1","v":0,"seq":1,"create":{"type":"rich-text","data":[{"insert":"x"}]}}`
		h.store.Next(storagetest.Lie) // stored, but it cannot be known
		app.send("%s", create)
		time.Sleep(time.Second)
		app.expect("ack 0", "op 1")
		app.send("%s", create)
		app.expect("ack 0")
		if d, err := h.memory.Document(h.Context(), "app-1"); err != nil || d.Owner != "" || d.Application != "https://app" {
			t.Errorf("Document = %+v, %v; want it the application's", d, err)
		}
		app.send(`{"a":"op","c":"documents","d":"app-1","v":2,"seq":2,"del":true}`)
		app.expect("op!ERR_FORBIDDEN") // an editor by claim is none the more for having made it
		for _, id := range []string{"other", "d1"} {
			app.send(`{"a":"s","c":"documents","d":%q}`, id)
			app.expect("s!ERR_FORBIDDEN")
		}
		app.send(`{"a":"op","c":"documents","d":"app-2","v":0,"seq":3,"op":[{"insert":"x"}]}`)
		app.expect("op!ERR_DOC_DOES_NOT_EXIST")
	})
}

func TestRESTWritesGoThroughTheSameOrder(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ctx := h.Context()
		op := delta.Delta{delta.Retain(2), delta.Insert("R")}
		s := collab.Submission{Who: identity("bob"), Client: "key", Seq: 1, Base: 1, Op: op}
		ann.op(doc, 1, `[{"insert":"A"}]`)
		for range 2 { // the second is a repetition
			done, err := h.hub.Submit(ctx, doc, s)
			if err != nil || done.Revision != 3 || done.Op.String() != `[{"retain":3},{"insert":"R"}]` {
				t.Errorf("Submit = %+v, %v; want revision 3", done, err)
			}
		}
		bob.expect("op 1", "op 2")
		for _, c := range []struct {
			at   storage.Revision
			want string
		}{{0, ""}, {1, "ab"}, {2, "Aab"}, {3, "AabR"}, {storage.Newest, "AabR"}} {
			content, at, err := h.hub.Content(ctx, "", doc, c.at)
			if err != nil || content.PlainText() != c.want || c.at >= 0 && at != c.at {
				t.Errorf("Content at %d = %v, %d, %v; want %q", c.at, content, at, err, c.want)
			}
		}
		if _, _, err := h.hub.Content(ctx, "", doc, 4); !errors.Is(err, storage.ErrAhead) {
			t.Errorf("Content at 4 = %v, want ErrAhead", err)
		}
		s.Who, s.Client = identity("vic"), "other"
		if _, err := h.hub.Submit(ctx, doc, s); !errors.Is(err, collab.ErrForbidden) {
			t.Errorf("a viewer's Submit = %v, want ErrForbidden", err)
		}
		s.Who, s.Op = identity("bob"), delta.Delta{delta.Delete(99)}
		var refused *wire.Error
		if _, err := h.hub.Submit(ctx, doc, s); !errors.As(err, &refused) || refused.Code != wire.CodeOpNotApplied {
			t.Errorf("Submit past the end = %v, want %s", err, wire.CodeOpNotApplied)
		}
		h.store.SetPlan(storagetest.On(storagetest.Refuse, "Append"))
		s.Op, s.Client = delta.Delta{delta.Insert("late")}, "late"
		if _, err := h.hub.Submit(ctx, doc, s); !errors.Is(err, collab.ErrUnavailable) {
			t.Errorf("Submit without a store = %v, want ErrUnavailable", err)
		}
	})
}
