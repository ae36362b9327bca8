package load

import (
	"context"
	"fmt"
	"strings"
)

// check reads every document through new connections and reports whether it contains exactly the acknowledged edits, once and in
// their authors' order (P1, P2, P5). It adds each document that is wrong to the failures.
func (r *run) check() bool {
	ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
	defer cancel()
	r.log.say("checking %d documents", len(r.docs))
	var wrong failures
	err := r.share(ctx, setupSockets, len(r.docs), func(ctx context.Context, next func() (int, bool)) error {
		s, _, err := r.open(ctx)
		if err != nil {
			return err
		}
		defer s.nc.Close()
		for i, ok := next(); ok; i, ok = next() {
			got, err := s.read("f", r.docs[i].id, true)
			if err != nil {
				return err
			}
			if err := r.docs[i].compare(got, r.first); err != nil {
				wrong.add(fmt.Errorf("%s: %w", r.docs[i].id, err))
			}
		}
		return nil
	})
	if err != nil {
		wrong.add(fmt.Errorf("the check could not be made: %w", err))
	}
	r.failures.take(wrong.all())
	return !wrong.any()
}

// compare compares the server's document with what was acknowledged.
func (d *document) compare(got snapshot, base first) error {
	revision := d.revision
	for _, w := range d.writers {
		ops, _ := w.settled()
		revision += ops
	}
	if got.revision != revision {
		return fmt.Errorf("is at revision %d, but %d ops were acknowledged", got.revision, revision)
	}
	text := got.ops.PlainText()
	if err := d.holds(text, base); err != nil {
		return err
	}
	if d.shadow == nil {
		return nil
	}
	if shadow := d.shadow.text.Freeze().Delta(); !shadow.Normal().Equal(got.ops.Normal()) {
		return fmt.Errorf("differs from the text rebuilt of what was broadcast: %s", difference(text, shadow.PlainText()))
	}
	return nil
}

// holds compares the text with the expected one.
func (d *document) holds(text string, base first) error {
	for _, w := range d.writers {
		t, ok := w.keys.(*trace)
		if !ok {
			continue
		}
		want, err := t.text()
		if err == nil && text != want {
			err = fmt.Errorf("%s: what was acknowledged is not what is there: %s", w.name, difference(text, want))
		}
		return err
	}
	rest, err := d.authorsIn(text)
	if err != nil {
		return err
	}
	if want := base.text(); rest != want {
		return fmt.Errorf("what it began with has changed: %s", difference(rest, want))
	}
	return nil
}

// authorsIn compares each writer's characters with the expected ones, and returns the text without them.
func (d *document) authorsIn(text string) (rest string, err error) {
	owner := map[rune]int{}
	for i, w := range d.writers {
		for _, letter := range w.typing.letter {
			for _, r := range letter {
				owner[r] = i
			}
		}
	}
	own := make([]strings.Builder, len(d.writers))
	var others strings.Builder
	for _, r := range text {
		if i, ok := owner[r]; ok {
			own[i].WriteRune(r)
		} else {
			others.WriteRune(r)
		}
	}
	for i, w := range d.writers {
		if want := w.typing.text(); own[i].String() != want {
			return "", fmt.Errorf("%s: what was acknowledged is not what is there: %s",
				w.name, difference(own[i].String(), want))
		}
	}
	return others.String(), nil
}

// text returns the initial plain text of a document.
func (f first) text() string {
	var b strings.Builder
	for i, op := range f.ops {
		text := op.PlainText()
		if i == 0 {
			text = strings.TrimSuffix(text, "\n")
		}
		b.WriteString(text)
	}
	return b.String() + "\n"
}

// difference describes where two texts begin to differ.
func difference(got, want string) string {
	a, b := []rune(got), []rune(want)
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	excerpt := func(t []rune) string {
		return string(t[max(0, i-10):min(len(t), i+20)])
	}
	return fmt.Sprintf("%d characters, expected %d; from character %d on …%q…, expected …%q…",
		len(a), len(b), i, excerpt(a), excerpt(b))
}
