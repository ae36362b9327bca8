package sealed_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"quire/storage/sealed"
)

// Wherever a secret is, printing it shows only that there is one.
func TestASealedTextIsNotPrinted(t *testing.T) {
	const value = "hunter2hunter2"
	s := sealed.Of(value)
	holders := map[string]any{
		"itself": s, "a pointer": &s, "an exported field": struct{ S sealed.Text }{s}, "a field that is not": struct{ s sealed.Text }{s},
		"deep": struct{ a []any }{[]any{map[string]any{"x": struct{ s sealed.Text }{s}}}}, "an error": errors.Join(fmt.Errorf("bad: %v", s)),
	}
	for name, holder := range holders {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			if got := fmt.Sprintf(verb, holder); strings.Contains(got, "hunter2") || strings.Contains(strings.ToLower(got), fmt.Sprintf("%x", value)) ||
				strings.Contains(got, fmt.Sprintf("%d", []byte(value))) {
				t.Errorf("%s by %s: %s", name, verb, got)
			}
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", holder)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", holder)
		data, err := json.Marshal(holder)
		if strings.Contains(log.String()+string(data), "hunter2") {
			t.Errorf("%s: logged %s, as JSON %s (%v)", name, log.String(), data, err)
		}
	}
	if s.Reveal() != value || string(s.Bytes()) != value || !s.IsSet() {
		t.Error("it is not what was sealed")
	}
	if none := sealed.Of(""); none.IsSet() || none.Reveal() != "" || none.Bytes() != nil || none.String() != "" {
		t.Errorf("of nothing: %v", none)
	}
}
