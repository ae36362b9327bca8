package storage_test

import (
	"errors"
	"testing"

	"quire/storage"
)

func TestN7AnEventThatSaysNothingIsDamaged(t *testing.T) {
	for _, body := range []string{"", "null", "{}", `{"d":"d"}`, `{"k":""}`, `{"k":7}`, `[]`, `{"k":"title"`} {
		if e, err := storage.ReadEvent(7, []byte(body)); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("ReadEvent(%s) = %+v, %v, want ErrDamaged", body, e, err)
		}
	}
	for _, kind := range []storage.EventKind{storage.EventTitle, "of a newer build"} {
		e, err := storage.ReadEvent(7, []byte(`{"k":"`+string(kind)+`","d":"d"}`))
		if err != nil || e.N != 7 || e.Kind != kind || e.Document != "d" {
			t.Errorf("ReadEvent of %q = %+v, %v", kind, e, err)
		}
	}
}
