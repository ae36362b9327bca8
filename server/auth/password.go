package auth

import (
	"cmp"
	"context"
	"runtime"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"quire/server/problem"
)

// Bounds of a password.
const (
	minPassword = 10   // characters
	maxPassword = 1024 // bytes
)

// HashConfig bounds the work of hashing. The zero value is 19 MiB, 2 passes, 1 lane, one hash per processor at a time.
type HashConfig struct {
	Memory  uint32        // KiB
	Passes  uint32        //
	Workers int           // hashes at a time
	Queue   int           // how many strangers may wait, and as many known askers; 256
	Wait    time.Duration // how long; 5 s
}

// hasher makes and checks password hashes, a few at a time: each takes tens of ms and many MiB, and anybody can cause one.
type hasher struct {
	params argon2id.Params
	line   *line
}

func newHasher(cfg HashConfig) *hasher {
	return &hasher{
		params: argon2id.Params{
			Memory: cmp.Or(cfg.Memory, 19*1024), Iterations: cmp.Or(cfg.Passes, 2), Parallelism: 1,
			SaltLength: 16, KeyLength: 32,
		},
		line: newLine(cmp.Or(cfg.Workers, runtime.GOMAXPROCS(0)), cmp.Or(cfg.Queue, 256), cmp.Or(cfg.Wait, 5*time.Second)),
	}
}

// enter waits until it is by's turn to hash; the problem is a 503 if too many wait or the wait is too long. The caller must call
// leave.
func (h *hasher) enter(ctx context.Context, by asker) (leave func(), err error) {
	leave, ok := h.line.enter(ctx, by)
	if !ok {
		return nil, problem.Unavailable("Too many people are signing in at this moment.").RetryAfter(2 * time.Second)
	}
	return leave, nil
}

func (h *hasher) hash(ctx context.Context, by asker, password string) (string, error) {
	leave, err := h.enter(ctx, by)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, &h.params)
}

// check reports whether password has that hash, and whether the hash has other parameters than new ones get.
func (h *hasher) check(ctx context.Context, by asker, password, hash string) (match, stale bool, err error) {
	leave, err := h.enter(ctx, by)
	if err != nil {
		return false, false, err
	}
	defer leave()
	match, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, err
	}
	return match, params != nil && *params != h.params, nil
}

// checkPassword returns a problem if a new password is too short or too long; field is its place in the request.
func checkPassword(password, field string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return problem.Invalid("At least 10 characters. A short sentence is easiest to keep.").
			In(field, "has fewer than 10 characters")
	case len(password) > maxPassword:
		return problem.Invalid("A password has at most 1024 bytes.").In(field, "has more than 1024 bytes")
	}
	return nil
}
