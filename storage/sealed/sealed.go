// Package sealed keeps the secrets in a configuration from being printed with it: in a log line, an error, a test's failure or a
// %+v.
package sealed

import "log/slog"

const shown = "[sealed]"

// Text is a secret from the configuration. The zero value is no secret.
//
// It holds a function, not a string: fmt does not call the methods of an unexported field, and would print a string there, even
// behind a pointer (%s). So Texts cannot be compared by ==.
type Text struct{ value func() []byte }

// Of returns value as a Text; the zero Text if it is empty.
func Of(value string) Text {
	if value == "" {
		return Text{}
	}
	bytes := []byte(value)
	return Text{func() []byte { return bytes }}
}

// IsSet reports whether there is a secret.
func (t Text) IsSet() bool { return t.value != nil }

// Reveal returns the secret. The caller must not print it.
func (t Text) Reveal() string { return string(t.Bytes()) }

// Bytes returns the secret as a key, nil if there is none. The caller must not change it.
func (t Text) Bytes() []byte {
	if t.value == nil {
		return nil
	}
	return t.value()
}

// String, like the methods after it, shows only whether there is a secret.
func (t Text) String() string {
	if t.value == nil {
		return ""
	}
	return shown
}

func (t Text) GoString() string             { return "sealed.Text(" + t.String() + ")" }
func (t Text) LogValue() slog.Value         { return slog.StringValue(t.String()) }
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
