package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"quire/server/api"
	"quire/server/audit"
)

// app is one run of the command.
type app struct {
	config config
	args   []string // after the subcommand
	out    io.Writer
	log    *slog.Logger

	journal *audit.Journal // of AUDIT_LOG, set by openStore; nil: none

	// Only for commands with flags of their own, which have no config and log.
	err     io.Writer
	environ map[string]string
}

// command is one subcommand.
type command struct {
	name, help string
	run        func(*app, context.Context) error
	bare       bool // needs no configuration
	own        bool // parses its own flags; settings are not read
}

func commands() []command {
	return []command{
		{name: "serve", help: "serve until SIGTERM or SIGINT (what quire does when no command is given)", run: (*app).serve},
		{name: "setup", help: "print the address that makes the first account", run: (*app).setup},
		{name: "healthcheck", help: "ask the server running on this machine whether it is ready", run: (*app).healthcheck},
		{name: "migrate", help: "bring the database up to date and stop", run: (*app).migrate},
		{name: "restored", help: "say that the database was restored from a backup, before the server is started again", run: (*app).restored},
		{name: "user", help: "add, list, reset-password, make-admin, delete, sign-ins: look after accounts; quire user says how", run: (*app).user},
		{name: "bench", help: "put load on a server and tell what it bears; quire bench --help", run: (*app).bench, bare: true, own: true},
		{name: "openapi", help: "print the OpenAPI document of the API", run: (*app).openapi, bare: true},
		{name: "version", help: "print the build", run: (*app).version, bare: true},
		{name: "help", help: "print this", run: (*app).help, bare: true},
	}
}

// run is the whole program. environ holds NAME=value lines. Results go to stdout, the log to stderr.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	list := commands()
	if len(args) > 0 {
		if i := slices.IndexFunc(list, func(c command) bool { return c.own && c.name == args[0] }); i >= 0 {
			a := &app{args: args[1:], out: stdout, err: stderr, environ: environment(environ)}
			return list[i].run(a, ctx)
		}
	}
	flags, rest, err := parseFlags(args)
	if err != nil {
		return err
	}
	name := "serve"
	if len(rest) > 0 {
		name, rest = rest[0], rest[1:]
	}
	switch name {
	case "--help", "-h":
		name = "help"
	case "--version":
		name = "version"
	}
	i := slices.IndexFunc(list, func(c command) bool { return c.name == name })
	if i < 0 {
		return fmt.Errorf("%q: there is no such command; quire help lists them", unsecret("", name))
	}
	if slices.Contains(rest, "--help") || slices.Contains(rest, "-h") {
		i = slices.IndexFunc(list, func(c command) bool { return c.name == "help" })
	}
	a := &app{args: rest, out: stdout, log: slog.New(slog.NewTextHandler(stderr, nil))}
	if !list[i].bare {
		if a.config, err = load(flags, environ); err != nil {
			return fmt.Errorf("the configuration is wrong:\n  %s", strings.ReplaceAll(err.Error(), "\n", "\n  "))
		}
		a.log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: a.config.level}))
	}
	return list[i].run(a, ctx)
}

func (a *app) version(context.Context) error {
	_, err := fmt.Fprintln(a.out, version)
	return err
}

func (a *app) openapi(context.Context) error {
	spec, err := api.Spec()
	if err != nil {
		return err
	}
	_, err = a.out.Write(spec)
	return err
}

func (a *app) help(context.Context) error {
	var b strings.Builder
	b.WriteString("quire [COMMAND] [--SETTING VALUE …]\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-12s %s\n", c.name, c.help)
	}
	b.WriteString("\nSettings (--public-url, or PUBLIC_URL, or a file named by PUBLIC_URL_FILE):\n")
	for _, s := range settings() {
		if s.set == nil {
			continue
		}
		fallback := ""
		if s.fallback != "" {
			fallback = " [" + s.fallback + "]"
		}
		fmt.Fprintf(&b, "  %-22s %s%s\n", s.name, s.help, fallback)
	}
	_, err := io.WriteString(a.out, b.String())
	return err
}

// only returns an error unless there are exactly n arguments.
func (a *app) only(n int, usage string) error {
	if len(a.args) != n {
		return errors.New("usage: quire " + usage)
	}
	return nil
}
