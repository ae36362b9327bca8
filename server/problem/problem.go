package problem

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
)

// ContentType is the media type of every problem.
const ContentType = "application/problem+json"

// typePrefix makes a type a URI, as RFC 9457 requires, without promising that there is a page.
const typePrefix = "urn:quire:problem:"

// Problem is the refusal of a request. It is an error that huma and Fiber can write. It is immutable: the methods that add to it
// return a copy.
type Problem struct {
	Type   string   `json:"type" doc:"Stable name of the kind of problem, as a URI" example:"urn:quire:problem:not-found"`
	Title  string   `json:"title" doc:"The kind of problem, in words"`
	Status int      `json:"status" doc:"The HTTP status"`
	Detail string   `json:"detail" doc:"What happened this time, and what to do about it"`
	Errors []Field  `json:"errors,omitempty" nullable:"false" doc:"The fields at fault"`
	Ways   []string `json:"ways,omitempty" nullable:"false" doc:"Of proof-needed: how the caller can show who they are. password: make-proof; oidc: start-oidc with fresh; letter: request-reset"`
	Ended  string   `json:"ended_at,omitempty" format:"date-time" doc:"Of something that is over: since when"`

	retryAfter time.Duration
	cause      error
}

// Field says which part of the request is wrong. It never contains the value.
type Field struct {
	Location string `json:"location" doc:"Where it is, as in body.title or query.limit" example:"body.title"`
	Message  string `json:"message" doc:"What is wrong with it"`
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// Unwrap returns the problem's cause, for the log, never for the answer.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	if p.retryAfter > 0 {
		h.Set("Retry-After", retrySeconds(p.retryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="quire"`)
	}
	return h
}

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return ContentType }

// Because returns a copy with another detail.
func (p *Problem) Because(detail string) *Problem {
	c := *p
	c.Detail = detail
	return &c
}

// Caused returns a copy with err as its cause, for the log.
func (p *Problem) Caused(err error) *Problem {
	c := *p
	c.cause = err
	return &c
}

// In returns a copy that also names a field that is wrong, such as body.title.
func (p *Problem) In(location, message string) *Problem {
	c := *p
	c.Errors = append(append([]Field(nil), p.Errors...), Field{Location: location, Message: message})
	return &c
}

// RetryAfter returns a copy that tells the client when to retry, in whole seconds, rounded up.
func (p *Problem) RetryAfter(d time.Duration) *Problem {
	c := *p
	c.retryAfter = d
	return &c
}

// Write sends the problem as the answer to c.
func (p *Problem) Write(c *fiber.Ctx) error {
	for name, values := range p.GetHeaders() {
		c.Set(name, values[0])
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Status(p.Status).Set(fiber.HeaderContentType, ContentType)
	return c.Send(body)
}

func retrySeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
