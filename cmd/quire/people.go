package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"quire/server/auth"
	"quire/server/farewell"
	"quire/server/problem"
	"quire/storage"
)

// userCommand is a subcommand of quire user.
type userCommand struct {
	name, usage string
	run         func(*people, context.Context) error
}

func userCommands() []userCommand {
	return []userCommand{
		{"add", "user add [--admin] NAME E-MAIL", (*people).add},
		{"list", "user list [TEXT]", (*people).list},
		{"reset-password", "user reset-password E-MAIL", (*people).resetPassword},
		{"make-admin", "user make-admin [--revoke] E-MAIL", (*people).makeAdmin},
		{"delete", "user delete E-MAIL --shared transfer|delete", (*people).delete},
		{"sign-ins", "user sign-ins E-MAIL | user sign-ins end E-MAIL [ID]", (*people).signIns},
	}
}

// people is one run of quire user.
type people struct {
	*app
	accounts *auth.Service
	store    storage.Store
	usage    string
}

// user looks after accounts.
func (a *app) user(ctx context.Context) error {
	list := userCommands()
	name := ""
	if len(a.args) > 0 {
		name = a.args[0]
	}
	i := slices.IndexFunc(list, func(c userCommand) bool { return c.name == name })
	if i < 0 {
		var usages []string
		for _, c := range list {
			usages = append(usages, "quire "+c.usage)
		}
		return errors.New("usage: " + strings.Join(usages, "\n       "))
	}
	a.args = a.args[1:]
	return a.withAccounts(ctx, func(accounts *auth.Service, store storage.Store) error {
		return inWords(list[i].run(&people{a, accounts, store, list[i].usage}, ctx))
	})
}

// inWords returns err, or of a problem a line that says what it is.
func inWords(err error) error {
	var p *problem.Problem
	if errors.As(err, &p) {
		return errors.New(p.Detail)
	}
	return err
}

// take removes --name from the arguments and reports whether it was there.
func (p *people) take(name string) bool {
	before := len(p.args)
	p.args = slices.DeleteFunc(p.args, func(arg string) bool { return arg == name })
	return len(p.args) < before
}

// account returns the account with an e-mail address.
func (p *people) account(ctx context.Context, email string) (storage.User, error) {
	user, err := p.accounts.AccountOf(ctx, email)
	if errors.Is(err, storage.ErrNotFound) {
		return user, fmt.Errorf("%s: there is no account with this e-mail", email)
	}
	return user, err
}

func (p *people) say(format string, args ...any) error {
	_, err := fmt.Fprintf(p.out, format+"\n", args...)
	return err
}

// page returns the address of a page of the app.
func (p *people) page(path string) string { return p.config.address(p.config.port) + path }

func (p *people) add(ctx context.Context) error {
	admin := p.take("--admin")
	if err := p.only(2, p.usage); err != nil {
		return err
	}
	user, code, _, err := p.accounts.AddAccount(ctx, auth.From{}, "", p.args[0], p.args[1], admin)
	if err != nil {
		return fmt.Errorf("%s: %w", p.args[1], inWords(err))
	}
	return p.say("%s chooses a password here, within three days: %s", user.Email, p.page("/reset/"+code))
}

func (p *people) resetPassword(ctx context.Context) error {
	if err := p.only(1, p.usage); err != nil {
		return err
	}
	user, err := p.account(ctx, p.args[0])
	if err != nil {
		return err
	}
	code, err := p.accounts.ResetPassword(ctx, auth.From{}, "", user)
	if err != nil {
		return err
	}
	return p.say("%s is signed out everywhere and chooses a new password here, within a day: %s", user.Email, p.page("/reset/"+code))
}

func (p *people) makeAdmin(ctx context.Context) error {
	revoke := p.take("--revoke")
	if err := p.only(1, p.usage); err != nil {
		return err
	}
	user, err := p.account(ctx, p.args[0])
	if err != nil {
		return err
	}
	if _, err := p.accounts.SetAdmin(ctx, auth.From{}, "", user, !revoke); err != nil {
		return err
	}
	if revoke {
		return p.say("%s is no administrator.", user.Email)
	}
	return p.say("%s is an administrator.", user.Email)
}

func (p *people) delete(ctx context.Context) error {
	shared := ""
	for i := 0; i < len(p.args); i++ {
		if value, inline := strings.CutPrefix(p.args[i], "--shared="); inline {
			shared = value
			p.args = slices.Delete(p.args, i, i+1)
		} else if p.args[i] == "--shared" && i+1 < len(p.args) {
			shared = p.args[i+1] // before Delete moves what follows there
			p.args = slices.Delete(p.args, i, i+2)
		}
	}
	if shared != farewell.Transfer && shared != farewell.Delete {
		return errors.New("--shared transfer: shared documents that only they own go to whoever has the highest role on them; " +
			"--shared delete: they are deleted. Say which.\nusage: quire " + p.usage)
	}
	if err := p.only(1, p.usage); err != nil {
		return err
	}
	user, err := p.account(ctx, p.args[0])
	if err != nil {
		return err
	}
	if err := p.accounts.MayLose(ctx, user); err != nil {
		return err
	}
	service := farewell.Service{Store: p.store, Now: time.Now, Log: p.log}
	done, err := service.Delete(ctx, farewell.Leaving{User: user.ID, Shared: shared})
	if err != nil {
		return err
	}
	return p.say("%s is deleted. Of the documents that only they owned, %d went to others and %d are deleted.", user.Email, done.Transferred, done.Deleted)
}

// list prints accounts by name.
func (p *people) list(ctx context.Context) error {
	q := storage.PersonQuery{Limit: 200}
	if len(p.args) > 0 {
		q.Text, p.args = p.args[0], p.args[1:]
	}
	if err := p.only(0, p.usage); err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tE-MAIL\tVERIFIED\tADMIN\tDOCUMENTS\tBYTES\tLAST SEEN")
	for {
		page, err := p.store.ListPeople(ctx, q)
		if err != nil {
			return err
		}
		for _, row := range page {
			u := row.User
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\n", u.Name, u.Email, yes(!u.VerifiedAt.IsZero()), yes(u.Admin),
				row.Documents, row.Bytes, day(row.LastSeenAt))
		}
		if len(page) < q.Limit {
			return w.Flush()
		}
		last := page[len(page)-1].User
		q.AfterName, q.AfterID = storage.Fold(last.Name), last.ID
	}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "-"
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateOnly)
}

// signIns lists somebody's sign-ins and tokens, or ends all or one of them.
func (p *people) signIns(ctx context.Context) error {
	if p.take("end") {
		return p.endSignIns(ctx)
	}
	if err := p.only(1, p.usage); err != nil {
		return err
	}
	user, err := p.account(ctx, p.args[0])
	if err != nil {
		return err
	}
	signIns, err := p.accounts.SignIns(ctx, user.ID)
	if err != nil {
		return err
	}
	tokens, err := p.accounts.Tokens(ctx, user.ID)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tWHAT\tSINCE\tLAST SEEN\tFROM")
	for _, s := range signIns {
		fmt.Fprintf(w, "%s\t%.60q\t%s\t%s\t%s\n", s.ID, s.UserAgent, day(s.CreatedAt), day(s.LastSeenAt), s.Address)
	}
	for _, t := range tokens {
		fmt.Fprintf(w, "%s\ttoken %s (%s)\t%s\t%s\t-\n", t.ID, t.Name, t.Scope, day(t.CreatedAt), day(t.LastUsedAt))
	}
	return w.Flush()
}

func (p *people) endSignIns(ctx context.Context) error {
	id := ""
	if len(p.args) == 2 {
		id, p.args = p.args[1], p.args[:1]
	}
	if err := p.only(1, p.usage); err != nil {
		return err
	}
	user, err := p.account(ctx, p.args[0])
	if err != nil {
		return err
	}
	if id == "" {
		if err := p.accounts.EndAll(ctx, auth.From{}, "", user.ID); err != nil {
			return err
		}
		return p.say("%s is signed out everywhere, and their API tokens have ended.", user.Email)
	}
	if err := p.accounts.EndAny(ctx, auth.From{}, "", user.ID, id); err != nil {
		return fmt.Errorf("%s: they have no sign-in or token of this id", id)
	}
	return p.say("Ended.")
}
