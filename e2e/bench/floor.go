package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/e2e/bench/report"
)

const (
	rowBytes   = 120 // of a committed edit, about
	frameBytes = 160 // of an edit on its way, about
	manyRows   = 70  // in a commit under load, about
	floorFor   = 2 * time.Second
)

// floor is what the machine can do at all: what no server of this kind can go below.
type floor struct{}

func (floor) takes(o options) time.Duration { return time.Duration(o.rounds) * 4 * floorFor }

func (floor) how(options) string {
	return fmt.Sprintf("One connection to Postgres inserts rows of %d bytes, one a commit, then %d a commit, each as soon as the last is "+
		"committed. One thread writes frames of %d bytes into a loopback socket; another pair of sockets sends one to and fro.",
		rowBytes, manyRows, frameBytes)
}

func (floor) run(ctx context.Context, b *bench, r *report.Row) error {
	for range b.rounds {
		f := report.Figure{}
		if err := b.commitFloor(ctx, f); err != nil {
			return err
		}
		cost, err := frameCost(ctx, 1, 0)
		if err != nil {
			return err
		}
		set(f, report.FrameCPU, cost)
		if f[report.FrameRoundTrip], err = roundTrip(); err != nil {
			return err
		}
		r.Add(report.Floor, f)
	}
	return nil
}

func (b *bench) commitFloor(ctx context.Context, f report.Figure) error {
	s, err := b.newStore(ctx, report.QuirePostgres)
	if err != nil {
		return err
	}
	defer s.drop()
	one, err := b.commits(ctx, s.address, 1, floorFor)
	if err != nil {
		return err
	}
	f[report.CommitsPerSecond], f[report.CommitP50] = one.perSecond, one.p50
	set(f, report.CommitCPU, one.cpu)
	many, err := b.commits(ctx, s.address, manyRows, floorFor)
	if err != nil {
		return err
	}
	f[report.RowsPerSecond] = many.perSecond * manyRows
	set(f, report.RowsCPU, many.cpu)
	return nil
}

// set leaves out what is not known.
func set(f report.Figure, name string, v float64) {
	if v > 0 {
		f[name] = v
	}
}

// commitRate is what one connection reached: commits/s, and µs of each for who waits and for the database's processor.
type commitRate struct{ perSecond, p50, cpu float64 }

// commits inserts rows with a key like the log's, so many a commit, for a while.
func (b *bench) commits(ctx context.Context, address string, rows int, during time.Duration) (commitRate, error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return commitRate{}, err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `CREATE TABLE IF NOT EXISTS floor (document text, revision bigint, body bytea, PRIMARY KEY (document, revision))`)
	if err != nil {
		return commitRate{}, err
	}
	const insert = `INSERT INTO floor SELECT $1, * FROM unnest($2::bigint[], $3::bytea[])`
	name := fmt.Sprintf("document-%d", rows)
	revisions, bodies := make([]int64, rows), make([][]byte, rows)
	for i := range bodies {
		bodies[i] = make([]byte, rowBytes)
	}
	next := int64(0)
	var took []float64
	backend := int(conn.PgConn().PID())
	before, known := processTime(backend)
	begun := time.Now()
	for time.Since(begun) < during {
		for i := range revisions {
			revisions[i] = next
			next++
		}
		at := time.Now()
		if _, err := conn.Exec(ctx, insert, name, revisions, bodies); err != nil {
			return commitRate{}, err
		}
		took = append(took, float64(time.Since(at).Nanoseconds())/1000)
	}
	n, elapsed := float64(len(took)), time.Since(begun)
	rate := commitRate{perSecond: n / elapsed.Seconds()}
	rate.p50, _ = report.Median(took)
	if after, _ := processTime(backend); known {
		rate.cpu = float64((after - before).Microseconds()) / n
	}
	return rate, nil
}
