package postgres_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"

	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/storagetest/pgtest"
)

func openError(t *testing.T, address string) error {
	t.Helper()
	s, err := postgres.Open(t.Context(), postgres.Config{URL: sealed.Of(address), Log: slog.New(slog.DiscardHandler), AllowUnsafe: true})
	if err == nil {
		s.Close()
	}
	return err
}

// A database of another encoding takes everything, and titles come back from a dump as something else.
func TestADatabaseThatIsNotUTF8IsRefused(t *testing.T) {
	address := pgtest.Unmigrated(t)
	db, err := postgres.OpenDB(address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, encoding := range []string{"SQL_ASCII", "LATIN1"} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.Path += "_" + strings.ToLower(encoding)
		name := strings.TrimPrefix(u.Path, "/")
		if _, err := db.ExecContext(t.Context(), `CREATE DATABASE `+name+` ENCODING '`+encoding+`' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`); err != nil {
			t.Fatal(err)
		}
		if err := openError(t, u.String()); !errors.Is(err, postgres.ErrEncoding) || !strings.Contains(err.Error(), encoding) {
			t.Errorf("Open of a database in %s = %v, want ErrEncoding", encoding, err)
		}
		if _, err := db.ExecContext(t.Context(), `DROP DATABASE `+name); err != nil {
			t.Error(err)
		}
	}
}

// A pooler that drops what connections ask for, as PgBouncer does with ignore_startup_parameters, is told by what is lost.
func TestAPoolerThatDropsSettingsIsRefused(t *testing.T) {
	u, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	target := u.Host
	u.Host = l.Addr().String()
	go forgetful(l, target) // ends with l
	if err := openError(t, u.String()); !errors.Is(err, postgres.ErrPooler) {
		t.Errorf("Open through a pooler that drops settings = %v, want ErrPooler", err)
	}
}

// forgetful forwards connections, and renames our setting in their first message to one that does nothing.
func forgetful(l net.Listener, target string) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", target)
		if err != nil {
			client.Close()
			continue
		}
		go func() {
			first := make([]byte, 4096)
			n, _ := client.Read(first) // an error ends the copy below
			server.Write(bytes.Replace(first[:n], []byte("enable_seqscan"), []byte("enable_tidscan"), 1))
			io.Copy(server, client)
			server.Close()
		}()
		go func() {
			io.Copy(client, server)
			client.Close()
		}()
	}
}
