package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/e2e/bench/report"
)

const (
	openings  = 5 // each by a server just started
	smallText = 2000
	smallOps  = 20_000
)

// opens is how long a document takes that nobody has open: from the request to its whole text.
type opens struct{}

func (opens) takes(o options) time.Duration {
	if o.quick {
		return 20 * time.Second
	}
	return 70 * time.Second
}

func (opens) how(o options) string {
	return fmt.Sprintf("%d documents of %d characters, edited by %d ops each, and one as long as automerge-paper, by as many ops (%d). "+
		"For each opening the server is started anew, opens another document first (so that its connections to the database stand), "+
		"and then one of those for the first time; measured from the request to the last byte of the answer, in one client. Quire's "+
		"histories are written through its socket. ShareDB's rows are put into its tables: it reads the snapshot alone, so how they got "+
		"there does not matter to it, and typing them would take it an hour.", openings, smallText, smallOps, paperInserts+paperDeletes)
}

func (b *bench) histories() []history {
	divide := 1
	if b.quick {
		divide = 20
	}
	text := strings.Repeat("The quick brown fox jumps over the lazy dog; ", 50)[:smallText-1] + "\n"
	all := []history{{id: "open-warm", before: text, after: text}}
	for i := range openings {
		all = append(all, scattered(fmt.Sprintf("open-%d", i), uint64(i), text, smallOps/divide, 0))
	}
	return append(all, scattered("open-large", 99, "\n", paperInserts/divide, paperDeletes/divide))
}

func (p opens) run(ctx context.Context, b *bench, r *report.Row) error {
	all := b.histories()
	for _, system := range []string{report.ShareDBPostgres, report.QuirePostgres} {
		if err := p.system(ctx, b, r, system, all); err != nil {
			return fmt.Errorf("%s: %w", report.Label(system), err)
		}
	}
	return nil
}

func (opens) system(ctx context.Context, b *bench, r *report.Row, system string, all []history) error {
	s, err := b.newStore(ctx, system)
	if err != nil {
		return err
	}
	defer s.drop()
	prepare := b.writeHistories
	if system == report.ShareDBPostgres {
		prepare = b.insertHistories
	}
	begun := time.Now()
	if err := prepare(ctx, s, all); err != nil {
		return err
	}
	b.say("  %s: %d histories written in %v", report.Label(system), len(all), time.Since(begun).Round(time.Second/10))
	for i := range openings {
		f, err := b.openCold(ctx, s, all[0], all[1+i], all[len(all)-1])
		if err != nil {
			return err
		}
		b.say("  %s, opening %d: %.2f and %.2f ms", report.Label(system), i+1, f[report.OpenSmall], f[report.OpenLarge])
		r.Add(system, f)
	}
	return nil
}

// writeHistories types them through the server, which then ends as for a restart.
func (b *bench) writeHistories(ctx context.Context, s *store, all []history) error {
	server, err := b.serve(ctx, s)
	if err != nil {
		return err
	}
	defer server.stop()
	c, err := dial(server.url)
	if err != nil {
		return err
	}
	defer c.close()
	for _, h := range all {
		if err := c.write(h); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// insertHistories puts snapshots and ops into the tables of sharedb-postgres.
func (b *bench) insertHistories(ctx context.Context, s *store, all []history) error {
	conn, err := pgx.Connect(ctx, s.address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, h := range all {
		data, err := json.Marshal(map[string]any{"ops": []map[string]string{{"insert": h.after}}})
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, `INSERT INTO snapshots (collection, doc_id, doc_type, version, data) VALUES ('documents', $1, $2, $3, $4)`,
			h.id, richText, h.ops()+1, string(data))
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, `INSERT INTO ops (collection, doc_id, version, operation)
SELECT 'documents', $1, n, jsonb_build_object('src', 'bench', 'seq', n, 'v', n - 1, 'op', o::jsonb) FROM unnest($2::text[]) WITH ORDINALITY AS t (o, n)`,
			h.id, h.texts())
		if err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, "ANALYZE")
	return err
}

// openCold starts the server, opens a document to warm it up, and then the two that are timed.
func (b *bench) openCold(ctx context.Context, s *store, warm, small, large history) (report.Figure, error) {
	server, err := b.serve(ctx, s)
	if err != nil {
		return nil, err
	}
	defer server.stop()
	c, err := dial(server.url)
	if err != nil {
		return nil, err
	}
	defer c.close()
	f := report.Figure{}
	for _, one := range []struct {
		history
		figure string
	}{{warm, ""}, {small, report.OpenSmall}, {large, report.OpenLarge}} {
		frame, took, err := c.open(one.id)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", one.id, err)
		}
		if err := holds(frame, one.after); err != nil {
			return nil, fmt.Errorf("open %s: %w", one.id, err)
		}
		if one.figure != "" {
			f[one.figure] = took.Seconds() * 1000
		}
	}
	return f, nil
}

// holds checks that a snapshot is this text.
func holds(frame []byte, text string) error {
	var reply struct {
		Data struct {
			Data json.RawMessage `json:"data"`
		} `json:"data"`
	}
	if err := json.Unmarshal(frame, &reply); err != nil {
		return err
	}
	var wrapped struct {
		Ops json.RawMessage `json:"ops"`
	}
	content := reply.Data.Data
	if json.Unmarshal(content, &wrapped) == nil && wrapped.Ops != nil { // both forms are ShareDB's
		content = wrapped.Ops
	}
	var inserts []struct {
		Insert string `json:"insert"`
	}
	if err := json.Unmarshal(content, &inserts); err != nil {
		return err
	}
	var got strings.Builder
	for _, i := range inserts {
		got.WriteString(i.Insert)
	}
	if got.String() != text {
		return fmt.Errorf("it has %d characters, and not the %d it should have", got.Len(), len(text))
	}
	return nil
}
