package mail_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"quire/server/mail"
	"quire/server/mail/mailtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lines collects log output.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// open returns a Post for that server, with short pauses between tries.
func open(t *testing.T, s *mailtest.Server, change func(*mail.Config)) (*mail.Post, *lines) {
	t.Helper()
	log := &lines{}
	cfg := mail.Config{
		Host: s.Host, Port: s.Port, From: "Quire <quire@example.org>", Security: mail.Plain, Roots: s.Roots,
		Pauses: []time.Duration{time.Millisecond, time.Millisecond}, Log: slog.New(slog.NewTextHandler(log, nil)),
	}
	if s.Roots != nil {
		cfg.Security = ""
	}
	if change != nil {
		change(&cfg)
	}
	p, err := mail.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(p) })
	return p, log
}

func shut(p *mail.Post) {
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	p.Close(ctx)
}

// parts returns the two forms of a letter.
func parts(t *testing.T, m mailtest.Mail) (plain, html string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(strings.NewReader(m.Body), params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return plain, html
		} else if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		whole := strings.ReplaceAll(string(text), "\r\n", "\n")
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html = whole
		} else {
			plain = whole
		}
	}
}

func TestALetterIsSentOverTLSAsTextAndHTMLAndFetchesNothing(t *testing.T) {
	s := mailtest.Start(t, true, nil)
	p, _ := open(t, s, nil)
	if !p.Send(mail.Letter{
		Kind: "reset", To: "bob@example.org", Subject: "A new password – für Bob", Lines: []string{"Hello <b>Bob</b>,", "two"},
		Words: "Choose a password", Link: "https://docs.example.org/reset/abc?a=1&b=2", After: []string{"It lasts an hour."},
	}) {
		t.Fatal("not taken")
	}
	m := s.Next(t)
	if !m.Secured || m.From != "quire@example.org" || m.To != "bob@example.org" {
		t.Errorf("it came from %s to %s, over TLS: %v", m.From, m.To, m.Secured)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Message.Header.Get("Subject"))
	if err != nil || subject != "A new password – für Bob" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if m.Message.Header.Get("Auto-Submitted") != "auto-generated" || m.Message.Header.Get("Message-Id") == "" {
		t.Errorf("headers %v", m.Message.Header)
	}
	plain, html := parts(t, m)
	if want := "Hello <b>Bob</b>,\n\ntwo\n\nhttps://docs.example.org/reset/abc?a=1&b=2\n\nIt lasts an hour.\n"; plain != want {
		t.Errorf("plain = %q, want %q", plain, want)
	}
	if !strings.Contains(html, "&lt;b&gt;Bob") || !strings.Contains(html, `href="https://docs.example.org/reset/abc?a=1&amp;b=2"`) {
		t.Errorf("html = %s", html)
	}
	for _, foreign := range []string{"<img", "<script", "<link", "url(", "src=", "@import"} {
		if strings.Contains(html, foreign) {
			t.Errorf("the letter fetches something: it holds %s", foreign)
		}
	}
}

func TestNothingIsSentUnencryptedUnlessConfigured(t *testing.T) {
	s := mailtest.Start(t, false, nil) // offers no TLS
	p, log := open(t, s, func(c *mail.Config) { c.Security, c.Pauses = mail.StartTLS, []time.Duration{} })
	p.Send(mail.Letter{Kind: "reset", To: "bob@example.org", Subject: "s", Lines: []string{"l"}})
	shut(p)
	if !s.None() || !strings.Contains(log.String(), "mail not sent") {
		t.Errorf("sent without TLS; log: %s", log)
	}
}

func TestNobodyCanInjectAHeader(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	p, log := open(t, s, nil)
	for _, to := range []string{"bob@example.org\r\nBcc: eve@example.org", "bob@example.org, eve@example.org", "<bob@example.org>\nX: y", ""} {
		p.Send(mail.Letter{Kind: "x", To: to, Subject: "s"})
	}
	p.Send(mail.Letter{Kind: "x", To: "bob@example.org", Subject: "Plan\r\nBcc: eve@example.org\r\n\r\nbody", Lines: []string{"l"}})
	m := s.Next(t)
	if m.To != "bob@example.org" || m.Message.Header.Get("Bcc") != "" {
		t.Errorf("to %s with headers %v", m.To, m.Message.Header)
	}
	for name := range m.Message.Header {
		switch name {
		case "Subject", "From", "To", "Date", "Message-Id", "Mime-Version", "Content-Type", "Auto-Submitted", "Content-Transfer-Encoding":
		default:
			t.Errorf("the letter has a header %s", name)
		}
	}
	shut(p)
	if !s.None() {
		t.Error("a letter went to somebody whose address is none")
	}
	if strings.Contains(log.String(), "example.org") {
		t.Errorf("the log names somebody: %s", log)
	}
}

func TestTemporaryFailuresAreRetriedAndPermanentOnesAreNot(t *testing.T) {
	s := mailtest.Start(t, false, func(to string, count int) string {
		switch {
		case to == "gone@example.org":
			return "550 5.1.1 <gone@example.org> is not known here"
		case count <= 3: // gone once, bob twice
			return "450 4.2.1 <bob@example.org> later"
		}
		return ""
	})
	p, log := open(t, s, nil)
	p.Send(mail.Letter{Kind: "first", To: "gone@example.org", Subject: "s"})
	p.Send(mail.Letter{Kind: "second", To: "bob@example.org", Subject: "s"})
	if m := s.Next(t); m.To != "bob@example.org" {
		t.Errorf("it went to %s", m.To)
	}
	shut(p)
	said := log.String()
	if strings.Count(said, "kind=first") != 1 || strings.Count(said, "kind=second") != 2 || !strings.Contains(said, "550 5.1.1") {
		t.Errorf("log:\n%s", said)
	}
	if strings.Contains(said, "example.org") {
		t.Errorf("the log names somebody: %s", said)
	}
}

// P8: Send never waits, and the queue is bounded.
func TestP8AMailServerThatHangsHoldsNobodyUp(t *testing.T) {
	hangs := make(chan struct{})
	s := mailtest.Start(t, false, func(string, int) string { <-hangs; return "" })
	p, _ := open(t, s, func(c *mail.Config) { c.Queue = 3 })
	taken := 0
	for range 10 {
		if p.Send(mail.Letter{Kind: "x", To: "bob@example.org", Subject: "s"}) {
			taken++
		}
	}
	if taken < 3 || taken > 4 { // three wait, and one is on its way
		t.Errorf("%d letters taken, want 3 or 4", taken)
	}
	close(hangs)
	for range taken {
		s.Next(t)
	}
}

func TestALetterMayTurnOutNotToBeSent(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	p, log := open(t, s, nil)
	var tries int
	p.Later("x", func(context.Context) (mail.Letter, bool, error) { return mail.Letter{}, false, nil })
	p.Later("x", func(context.Context) (mail.Letter, bool, error) {
		if tries++; tries == 1 {
			return mail.Letter{}, false, errors.New("the database is away")
		}
		return mail.Letter{To: "bob@example.org", Subject: "s"}, true, nil
	})
	s.Next(t)
	shut(p)
	if !s.None() || p.Send(mail.Letter{To: "bob@example.org"}) {
		t.Error("a letter that is none was sent, or one was taken after the end")
	}
	if said := log.String(); !strings.Contains(said, "mail not taken: the server is stopping") {
		t.Errorf("the log does not say why: %s", said)
	}
}

func TestWithoutAMailServerNoLetterIsAccepted(t *testing.T) {
	var p *mail.Post
	if p.Sends() || p.Send(mail.Letter{To: "bob@example.org"}) {
		t.Error("a post that is not there took a letter")
	}
	p.Close(context.Background())
	if _, err := mail.New(mail.Config{Host: "h", From: "nobody"}); err == nil {
		t.Error("a sender without an address is taken")
	}
}
