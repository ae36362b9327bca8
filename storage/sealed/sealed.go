// Package sealed keeps the secrets of the configuration out of whatever prints a configuration: a log line, an error, a
// test's failure, a debugger's %+v.
package sealed

import "log/slog"

const shown = "[sealed]"

// Text is a secret as somebody configured it. The zero value is none.
//
// It is a function inside, not a string with methods: fmt does not ask the methods of a field that is not exported, and would
// print a string there, even behind a pointer (%s). So it cannot be compared by == either.
type Text struct{ value func() []byte }

// Of seals a value; an empty one is none.
func Of(value string) Text {
	if value == "" {
		return Text{}
	}
	bytes := []byte(value)
	return Text{func() []byte { return bytes }}
}

// IsSet reports whether there is one.
func (t Text) IsSet() bool { return t.value != nil }

// Reveal returns the secret, for whoever needs it and does not print it.
func (t Text) Reveal() string { return string(t.Bytes()) }

// Bytes returns the secret as a key. It is not to be changed.
func (t Text) Bytes() []byte {
	if t.value == nil {
		return nil
	}
	return t.value()
}

// String says only whether there is a secret, as do the others that follow.
func (t Text) String() string {
	if t.value == nil {
		return ""
	}
	return shown
}

func (t Text) GoString() string             { return "sealed.Text(" + t.String() + ")" }
func (t Text) LogValue() slog.Value         { return slog.StringValue(t.String()) }
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
