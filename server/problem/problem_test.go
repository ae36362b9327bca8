package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
)

func TestFromKnowsEveryErrorOfTheEngineAndTheStore(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		name   string
	}{
		{collab.ErrForbidden, 403, "forbidden"}, {collab.ErrTrashed, 409, "in-trash"},
		{collab.ErrUnavailable, 503, "unavailable"}, {collab.ErrOverloaded, 503, "unavailable"},
		{collab.ErrDraining, 503, "unavailable"}, {collab.ErrDamaged, 500, "internal"},
		{storage.ErrNotFound, 404, "not-found"}, {storage.ErrDeleted, 404, "not-found"},
		{storage.ErrExists, 409, "conflict"}, {storage.ErrConflict, 409, "conflict"}, {storage.ErrLastOwner, 409, "conflict"},
		{storage.ErrAhead, 412, "precondition-failed"}, {storage.ErrUnavailable, 503, "unavailable"},
		{storage.ErrInvalid, 500, "internal"}, {storage.ErrDamaged, 500, "internal"},
		{wire.Errorf(wire.CodeTooLarge, "too long"), 413, "too-large"},
		{wire.Errorf(wire.CodeTwinDiffers, "differs"), 409, "conflict"},
		{wire.Errorf(wire.CodeOpBadlyFormed, "bad"), 422, "invalid"},
		{fiber.ErrNotFound, 404, "no-such-path"}, {fiber.ErrMethodNotAllowed, 405, "method-not-allowed"},
		{fiber.ErrRequestEntityTooLarge, 413, "too-large"}, {fiber.ErrRequestHeaderFieldsTooLarge, 431, "headers-too-large"},
		{fiber.ErrTeapot, 418, "malformed"}, {errors.New("a secret"), 500, "internal"},
		{TooMany("x"), 429, "too-many-requests"},
	} {
		got := From(fmt.Errorf("some layer: %w", c.err))
		if got.Status != c.status || got.Type != typePrefix+c.name {
			t.Errorf("From(%v) = %d %s, want %d %s", c.err, got.Status, got.Type, c.status, c.name)
		}
		if got.Title == "" || got.Detail == "" {
			t.Errorf("From(%v) has no words: %+v", c.err, got)
		}
	}
}

func TestAnInternalErrorRevealsNothing(t *testing.T) {
	p := From(errors.New("password=hunter2 in line 3"))
	body, err := json.Marshal(p)
	if err != nil || strings.Contains(string(body), "hunter2") {
		t.Errorf("the answer %s (%v) tells what happened inside", body, err)
	}
	if !strings.Contains(p.Unwrap().Error(), "hunter2") {
		t.Error("the log would not learn the reason")
	}
}

func TestTheValidatorsValuesAreNotEchoed(t *testing.T) {
	p := FromValidator(&huma.ErrorModel{Status: 422, Detail: "validation failed", Errors: []*huma.ErrorDetail{
		{Location: "body.password", Message: "expected length >= 10", Value: "hunter2"},
	}})
	body, err := json.Marshal(p)
	if err != nil || strings.Contains(string(body), "hunter2") {
		t.Errorf("the answer %s (%v) repeats what was sent", body, err)
	}
	if len(p.Errors) != 1 || p.Errors[0].Location != "body.password" {
		t.Errorf("errors = %+v, want the field named", p.Errors)
	}
}

func TestWriteSendsStatusTypeAndRetryAfter(t *testing.T) {
	app := fiber.New()
	app.Get("/", func(c *fiber.Ctx) error { return TooMany("Wait.").RetryAfter(1500 * time.Millisecond).Write(c) })
	res, err := app.Test(httptest.NewRequest("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 429 || res.Header.Get("Content-Type") != ContentType || res.Header.Get("Retry-After") != "2" {
		t.Errorf("got %d %v: %s", res.StatusCode, res.Header, body)
	}
	var p Problem
	if err := json.Unmarshal(body, &p); err != nil || p.Detail != "Wait." {
		t.Errorf("body %s (%v)", body, err)
	}
}

func TestAProblemIsNeverSharedState(t *testing.T) {
	base := Invalid("x").In("body.a", "1")
	one, two := base.In("body.b", "2"), base.In("body.c", "3")
	if len(base.Errors) != 1 || one.Errors[1].Location != "body.b" || two.Errors[1].Location != "body.c" {
		t.Errorf("refining a problem changed another: %v %v %v", base.Errors, one.Errors, two.Errors)
	}
}
