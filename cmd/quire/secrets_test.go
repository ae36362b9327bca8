package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"quire/server/quota"
	"quire/storage/memory"
)

// mark stands in every secret of the configuration below, in each form that fmt gives a value.
const mark = "hunter2hunter2hunter2hunter2hunter2"

func shows(text string) bool {
	inBytes := strings.Trim(fmt.Sprintf("%d", []byte("hunter2")), "[]")
	inGo := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", []byte("hunter2")), "[]byte{"), "}")
	lower := strings.ToLower(text)
	return slices.ContainsFunc([]string{"hunter2", inBytes, inGo, fmt.Sprintf("%x", "hunter2")}, func(form string) bool {
		return strings.Contains(lower, form)
	})
}

// allSecrets is a configuration in which every secret that there is stands.
func allSecrets(t *testing.T) config {
	t.Helper()
	values := map[string]string{
		"DATABASE_URL": "postgres://u:" + mark + "@h/d", "SECRET_KEY": mark, "JWT_SECRET": mark,
		"JWT_JWKS_URL": "https://app.example/" + mark, "SMTP_PASSWORD": mark, "OIDC_CLIENT_SECRET": mark,
	}
	environ := []string{
		"PUBLIC_URL=https://docs.example.org", "SMTP_HOST=mail.example.org", "SMTP_USERNAME=q", "SMTP_FROM_EMAIL=q@example.org",
		"OIDC_ISSUER=https://id.example.org", "OIDC_CLIENT_ID=q",
	}
	for _, s := range settings() {
		if s.secret && s.set != nil {
			if values[s.name] == "" {
				t.Errorf("%s is a secret, and this test does not set it", s.name)
			}
			environ = append(environ, s.name+"="+values[s.name])
		}
	}
	c, err := load(nil, environ)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Who prints a configuration, or a part of one, prints none of its secrets.
func TestPrintingTheConfigurationShowsNoSecret(t *testing.T) {
	c := allSecrets(t)
	a := &app{config: c, log: slog.New(slog.DiscardHandler)}
	store := memory.New()
	hub, err := a.newHub(store, c.secret, quota.New(store, func() int64 { return 0 }, 0, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer hub.Close()
	cfg := a.serverConfig(store, hub, c.secret)
	cfg.Store, cfg.Hub, cfg.Web, cfg.Log = nil, nil, nil, nil // not configuration, and another's goroutines write there
	n := 0
	for name, value := range map[string]any{"config": c, "app": *a, "server": cfg, "mail": c.post()} {
		walk(reflect.ValueOf(value), name, func(path string, v reflect.Value) {
			n++
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				if text := fmt.Sprintf(verb, v); shows(text) {
					t.Errorf("%s by %s: %s", path, verb, text)
				}
			}
		})
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value)
		if shows(log.String()) {
			t.Errorf("%s logged: %s", name, log.String())
		}
	}
	if n < 50 {
		t.Errorf("only %d values were looked at", n)
	}
}

// walk goes through a struct and the structs in it.
func walk(v reflect.Value, path string, look func(string, reflect.Value)) {
	look(path, v)
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Name != "value" && f.Type.Kind() != reflect.Pointer && f.Type.Kind() != reflect.Interface {
			walk(v.Field(i), path+"."+f.Name, look)
		}
	}
}

// A password that is not encoded would end the name of the user, or of the host, at its letter: it is told so, not asked for.
func TestAPasswordThatIsNotEncodedIsNamed(t *testing.T) {
	for _, address := range []string{"postgres://u:12/hunter2@h/d", "postgres://u:12?hunter2@h/d", "postgres://u:12#hunter2@h/d"} {
		err := setDatabase(&config{}, address)
		if err == nil || !strings.Contains(err.Error(), "%2F") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"postgres://u:p%2F%40@h/d", "postgres://u:p@w@h/d", "postgres://h/d?user=me@azure&password=a@b", "postgres://u:p@h:1,h2:2/d?sslmode=disable", "postgres://h",
	} {
		if err := setDatabase(&config{}, address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Neither an address of a database that cannot be read nor a database that does not answer has its password told.
func TestAWrongDatabaseURLIsToldWithoutItsPassword(t *testing.T) {
	for _, address := range []string{
		"postgres://u:hunter2@127.0.0.1:port/d", "postgres://u:hunter2@127.0.0.1:1/d?sslmode=nope", "postgres://u:hun%zzter2@h/d",
		"postgres://u:hunter2@h:99999/d", "postgres://u@127.0.0.1:1/d?password=hunter2&sslmode=nope", "postgres://hunter2@[::1/d",
		"postgres://u:hunter2@127.0.0.1:1/d?connect_timeout=soon", "postgres://u:hunter2@h/d?pool_max_conns=0",
		"postgres://u:hunter2@127.0.0.1:1/d", "postgres://u@127.0.0.1:1/d?password=hunter2", "postgres:u:hunter2@h", "u:hunter2@h/d",
		"host=127.0.0.1 port=1 password=hunter2", "postgres://u:hunter2@127.0.0.1:1,127.0.0.1:x/d", "postgres://u:hunter2/x@h/d",
		"postgres://u:hunter2#x@127.0.0.1:1/d",
	} {
		for _, command := range []string{"serve", "migrate", "setup"} {
			var out bytes.Buffer
			log := listenFor("waiting for the database")
			ctx, stop := context.WithCancel(t.Context())
			go func() { // what is not there is waited for; that is told without it, too
				select {
				case <-log.came:
					stop()
				case <-ctx.Done():
				}
			}()
			err := run(ctx, []string{command}, []string{
				"SECRET_KEY=" + goodSecret, "DATABASE_URL=" + address, "PORT=0", "LOG_LEVEL=debug",
			}, &out, log)
			stop()
			if err == nil {
				t.Errorf("%s %s: no error", command, address)
			} else if text := err.Error() + out.String() + log.String(); strings.Contains(text, "hunter2") || strings.Contains(text, "hun%zz") {
				t.Errorf("%s %s: %s", command, address, text)
			}
		}
	}
}

// bench takes JWT_SECRET from the environment; its help must not tell it as a default.
func TestBenchHelpDoesNotPrintTheSecret(t *testing.T) {
	var out, log bytes.Buffer
	if err := run(context.Background(), []string{"bench", "--help"}, []string{"JWT_SECRET=" + mark}, &out, &log); err != nil {
		t.Fatal(err)
	}
	if text := out.String() + log.String(); shows(text) || !strings.Contains(text, "jwt-secret") {
		t.Errorf("bench --help: %s", text)
	}
}
