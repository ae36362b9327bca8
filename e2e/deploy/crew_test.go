package deploy

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"quire/e2e/internal/quire"
	"quire/e2e/internal/typist"
)

const people = 3

// crew are people who write in one document, through whatever happens to the server.
type crew struct {
	s       *stack
	typists []*typist.Typist
	hands   sync.WaitGroup
	rest    context.CancelFunc
}

func (s *stack) seat() *crew {
	s.t.Helper()
	if err := s.api().Create(s.ctx, desk, "Written before anything was killed.\n"); err != nil {
		s.t.Fatal(err)
	}
	ctx, rest := context.WithCancel(s.ctx)
	c := &crew{s: s, rest: rest}
	for i := range people {
		name := fmt.Sprintf("p%d", i)
		t := typist.New(typist.Config{
			URL: s.url(), Document: desk, Name: name, AtEnd: i == 0, Token: quire.Token(name, name, map[string]string{desk: "editor"}),
		})
		c.typists = append(c.typists, t)
		c.hands.Go(func() { t.Run(ctx) })
	}
	s.t.Cleanup(func() {
		rest()
		c.hands.Wait()
	})
	return c
}

// write has everybody type until so many more tokens are acknowledged, and leaves some on their way.
func (c *crew) write(more int) {
	c.s.t.Helper()
	want := len(c.acked()) + more
	c.s.until(fmt.Sprintf("%d tokens are acknowledged", want), func() bool {
		for _, t := range c.typists {
			if t.Waiting() < 20 {
				t.Type()
			}
		}
		return len(c.acked()) >= want
	})
}

func (c *crew) acked() []string {
	c.s.t.Helper()
	var all []string
	for _, t := range c.typists {
		if err := t.Err(); err != nil {
			c.s.t.Fatal(err)
		}
		all = append(all, t.Acked()...)
	}
	return all
}

// leave waits until everything typed is acknowledged.
func (c *crew) leave() []string {
	c.s.t.Helper()
	ctx, cancel := context.WithTimeout(c.s.ctx, comesUpWithin)
	defer cancel()
	typed := 0
	for _, t := range c.typists {
		if err := t.Settled(ctx, 0); err != nil {
			c.s.t.Fatal(err)
		}
		typed += t.Typed()
	}
	acked := c.acked()
	if len(acked) != typed {
		c.s.t.Errorf("P1: %d tokens typed, %d acknowledged", typed, len(acked))
	}
	c.rest()
	c.hands.Wait()
	return acked
}

// holdsOnce checks that each token that was acknowledged is there, once (P1, P2).
func holdsOnce(t *testing.T, text string, acked []string) {
	t.Helper()
	for _, token := range acked {
		if n := strings.Count(text, token); n != 1 {
			t.Errorf("P1: %s was acknowledged and is there %d times", token, n)
		}
	}
}
