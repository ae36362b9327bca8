package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"quire/server/tlstest"
)

func TestMain(m *testing.M) {
	if args := os.Getenv("QUIRE_TEST_COMMAND"); args != "" { // a process of its own: see process
		if err := run(context.Background(), strings.Fields(args), os.Environ(), os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m, // fasthttp's own, which end within 10 s of the shutdown, or never
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("os/signal.loop"))
}

// started runs quire serve and returns its first lines and how to end it, which returns what run returned.
func started(t *testing.T, lines int, environ ...string) (said []string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	var log bytes.Buffer
	go func() {
		err := run(ctx, []string{"serve", "--port", "0"}, environ, in, &log)
		in.CloseWithError(err)
		ended <- err
	}()
	reader := bufio.NewReader(out)
	for range lines {
		line, err := reader.ReadString('\n')
		if err != nil {
			cancel()
			<-ended
			t.Fatalf("quire serve: %v\n%s", err, log.String())
		}
		said = append(said, strings.TrimSpace(line))
	}
	return said, func() error {
		cancel()
		return <-ended
	}
}

func TestServeOnSQLiteSaysWhereAndStopsWell(t *testing.T) {
	database := "DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "data", "quire.db")
	said, stop := started(t, 2, database, "HOST=0.0.0.0")
	_, base, ok := strings.Cut(said[0], " serves ")
	if !ok || !strings.HasPrefix(base, "http://localhost:") || !strings.Contains(said[1], base+"/setup/") {
		t.Fatalf("said %q", said)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	res, err := client.Get(strings.Replace(base, "localhost", "127.0.0.1", 1) + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("readyz = %s", res.Status)
	}
	_, code, _ := strings.Cut(said[1], "/setup/")
	if out, err := once(database, "setup"); err != nil || !strings.HasSuffix(strings.TrimSpace(out), "/setup/"+code) {
		t.Errorf("quire setup = %q, %v, want the same code", out, err)
	}
	port := "PORT=" + base[strings.LastIndex(base, ":")+1:]
	if out, err := once(database+"\n"+port, "healthcheck"); err != nil {
		t.Errorf("healthcheck = %q, %v", out, err)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
	if _, err := once(database+"\n"+port, "healthcheck"); err == nil {
		t.Error("healthcheck finds a server that has stopped")
	}
}

func TestOnLoopbackNoSetupAddressIsNeeded(t *testing.T) {
	database := "DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "quire.db")
	said, stop := started(t, 1, database)
	if !strings.Contains(said[0], "http://127.0.0.1:") {
		t.Errorf("said %q", said)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}

func TestEndingAtAnyInstantOfTheStartEnds(t *testing.T) {
	folder := t.TempDir()
	for i := range 12 {
		ctx, cancel := context.WithCancel(context.Background())
		out, in := io.Pipe()
		ended := make(chan struct{})
		go func() { // the answer may be an error of the interrupted start; what counts is that there is one
			_ = run(ctx, []string{"serve", "--port", "0"}, []string{"DATABASE_URL=sqlite:" + filepath.Join(folder, "quire.db")}, in, io.Discard)
			in.Close()
			close(ended)
		}()
		if i%2 == 0 { // else before it has said where it serves
			_, _ = bufio.NewReader(out).ReadString('\n')
		}
		cancel()
		_, _ = io.Copy(io.Discard, out)
		<-ended
	}
}

func TestAPortThatIsTakenStopsTheStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	_, err = once("PORT="+port+"\nDATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "quire.db"), "serve")
	if err == nil || !strings.Contains(err.Error(), "HOST, PORT") {
		t.Errorf("serve = %v, want the setting named", err)
	}
}

func TestAccountsFromTheCommandLine(t *testing.T) {
	database := "DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "quire.db")
	if out, err := once(database, "user", "add", "--admin", "Ada", "ada@example.org"); err != nil || !strings.Contains(out, "/reset/") {
		t.Errorf("add = %q, %v", out, err)
	}
	if _, err := once(database, "user", "add", "Ada", "ADA@example.org"); err == nil {
		t.Error("one e-mail, two accounts")
	}
	if out, err := once(database, "user", "reset-password", "ada@example.org"); err != nil || !strings.Contains(out, "signed out everywhere") || !strings.Contains(out, "/reset/") {
		t.Errorf("reset-password = %q, %v", out, err)
	}
	if _, err := once(database, "user", "reset-password", "nobody@example.org"); err == nil {
		t.Error("nobody's password was reset")
	}
	if out, err := once(database, "setup"); err != nil || !strings.Contains(out, "is set up") {
		t.Errorf("setup = %q, %v", out, err)
	}
	if out, err := once(database, "restored"); err != nil || !strings.Contains(out, "new epoch") {
		t.Errorf("restored = %q, %v", out, err)
	}
	if out, err := once(database, "migrate"); err != nil || !strings.Contains(out, "up to date") {
		t.Errorf("migrate = %q, %v", out, err)
	}
}

// once runs one command that ends by itself; environ holds lines.
func once(environ string, args ...string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), args, strings.Split(environ, "\n"), &out, io.Discard)
	return out.String(), err
}

func TestServeByTLSWithAPlainPortBesideIt(t *testing.T) {
	authority := tlstest.NewAuthority(t)
	certificate, key := authority.Issue(t, "127.0.0.1", "docs.example.test").Files(t, t.TempDir())
	plain := freePort(t)
	environ := []string{
		"DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "quire.db"), "TLS_CERT=" + certificate, "TLS_KEY=" + key,
		"TLS_REDIRECT_PORT=" + plain,
	}
	said, stop := started(t, 1, environ...)
	_, base, _ := strings.Cut(said[0], " serves ")
	if !strings.HasPrefix(base, "https://127.0.0.1:") {
		t.Fatalf("said %q", said)
	}
	client := &http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: authority.Client()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	for address, want := range map[string]string{base + "/readyz": "", "http://127.0.0.1:" + plain + "/d/x": base + "/d/x"} {
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.Header.Get("Location"); got != want || want == "" && res.StatusCode != http.StatusOK {
			t.Errorf("%s = %s, sends to %q, want %q", address, res.Status, got, want)
		}
	}
	asked := strings.Join(append(environ, "PORT="+base[strings.LastIndex(base, ":")+1:]), "\n")
	if out, err := once(asked, "healthcheck"); err != nil {
		t.Errorf("healthcheck = %q, %v", out, err)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
	if _, err := once(asked, "healthcheck"); err == nil {
		t.Error("healthcheck finds a server that has stopped")
	}
}

func TestAPlainPortThatIsTakenStopsTheStart(t *testing.T) {
	certificate, key := tlstest.NewAuthority(t).Issue(t, "127.0.0.1").Files(t, t.TempDir())
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	_, err = once("PORT=0\nTLS_CERT="+certificate+"\nTLS_KEY="+key+"\nTLS_REDIRECT_PORT="+port+
		"\nDATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "quire.db"), "serve")
	if err == nil || !strings.Contains(err.Error(), "HOST, TLS_REDIRECT_PORT") {
		t.Errorf("serve = %v, want the setting named", err)
	}
}

// freePort is one that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}
