package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"

	"quire/server/api"
	"quire/server/problem"
)

// contract is the API's description, as a reader of OpenAPI 3.1 that shares no code with us understands it. libopenapi-validator is
// one: its schemas are JSON Schema 2020-12, as 3.1 has them, and it matches paths, statuses and media types itself.
type contract struct {
	validator validator.Validator
	anywhere  []string                        // problems that any operation may return
	paths     map[string]map[string]answersOf // by template and method in lower case
}

// answersOf is what the checks below need of an operation beside what the validator reads.
type answersOf struct {
	ID        string                     `json:"operationId"`
	Problems  []string                   `json:"x-problems"`
	Responses map[string]json.RawMessage `json:"responses"`
}

// theContract is read once: building it takes a good part of a second.
var theContract = sync.OnceValues(func() (*contract, error) {
	raw, err := api.Spec()
	if err != nil {
		return nil, err
	}
	var spec struct {
		Anywhere []string `json:"x-problems-anywhere"`
		Paths    map[string]map[string]answersOf
	}
	if err := json.Unmarshal(raw, &spec); err != nil {
		return nil, err
	}
	document, err := libopenapi.NewDocument(raw)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(document, config.WithFormatAssertions())
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return &contract{validator: v, anywhere: spec.Anywhere, paths: spec.Paths}, nil
})

// judge returns what is wrong with an answer by the description, nil if nothing is. path is below api.Base, without the query, and as
// it was sent. Paths and methods that are not described may only be refused.
func (c *contract) judge(method, path string, status int, header http.Header, body []byte) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if status >= 500 && status != http.StatusInsufficientStorage {
		say("%d is a fault of the server", status)
	}
	read := method
	if method == http.MethodHead {
		read = http.MethodGet
	}
	kind := ""
	if status >= 400 && method != http.MethodHead {
		var p problem.Problem
		if err := json.Unmarshal(body, &p); err != nil || p.Status != status || header.Get("Content-Type") != problem.ContentType {
			say("it is no problem document of status %d", status)
		}
		kind = strings.TrimPrefix(p.Type, "urn:quire:problem:")
	}
	if lower := strings.ToLower(path); strings.Contains(lower, "%2f") || strings.Contains(lower, "%2e") {
		return wrong // which of the operations such a path is of is for the server to say
	}
	template := matching(slices.Collect(maps.Keys(c.paths)), path)
	op, ok := c.paths[template][strings.ToLower(read)]
	if !ok {
		if status < 400 && method != http.MethodOptions {
			say("the description has no such operation")
		}
		return wrong
	}
	if _, ok := op.Responses[strconv.Itoa(status)]; !ok {
		say("%s does not declare the status %d", op.ID, status)
		return wrong
	}
	if kind != "" && !slices.Contains(op.Problems, kind) && !slices.Contains(c.anywhere, kind) {
		say("%s does not declare the problem %s", op.ID, kind)
	}
	if method == http.MethodHead {
		return wrong
	}
	filled := &url.URL{Scheme: "http", Host: "x", Path: api.Base + apiOperation{path: template}.fill(nil)}
	request := &http.Request{Method: method, URL: filled, Header: http.Header{}}
	response := &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: request}
	if sound, errs := c.validator.ValidateHttpResponse(request, response); !sound {
		for _, err := range errs {
			say("%s %s", err.Message, err.Reason)
			for _, one := range err.SchemaValidationErrors {
				say("  %s: %s", one.FieldPath, one.Reason)
			}
		}
	}
	return wrong
}
