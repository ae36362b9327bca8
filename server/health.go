package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/storage"
)

// How often readyz queries the database, and how long that may take. It is bounded because anybody may call readyz.
const (
	readyFor  = time.Second
	readyWait = 3 * time.Second
)

// readiness caches the last result for a moment.
type readiness struct {
	mu                   sync.Mutex
	asked                time.Time
	database, migrations string
}

// alive reports that the process responds, whatever the state of the database.
func (s *Server) alive(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "alive"}) }

// isReady reports whether this node should get requests: the database answers, takes writes and is migrated, and no restart has begun.
// The state of application token keys is only shown: people with accounts are served without them, and no other node would have
// the keys.
func (s *Server) isReady(c *fiber.Ctx) error {
	database, migrations := s.askDatabase(c.UserContext())
	status, word := fiber.StatusOK, "ready"
	draining := s.draining.Load()
	if draining || database != "ok" || migrations != "ok" {
		status, word = fiber.StatusServiceUnavailable, "not ready"
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	answer := fiber.Map{
		"status": word, "database": database, "migrations": migrations, "draining": draining, "build": s.cfg.Build,
	}
	if keys := s.auth.TokenKeys(); keys != "" {
		answer["token_keys"] = keys
	}
	return c.Status(status).JSON(answer)
}

func (s *Server) askDatabase(ctx context.Context) (database, migrations string) {
	r := &s.ready
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.now().Sub(r.asked) < readyFor && r.database != "" {
		return r.database, r.migrations
	}
	ctx, stop := context.WithTimeout(ctx, readyWait)
	defer stop()
	r.database, r.migrations = "ok", "ok"
	if err := s.cfg.Store.Ping(ctx); errors.Is(err, storage.ErrNoWrites) {
		s.log.Warn("database takes no writes", "err", err)
		r.database = "no writes"
	} else if err != nil {
		s.log.Warn("database does not answer", "err", err)
		r.database, r.migrations = "no answer", "unknown"
	} else if s.cfg.Migrated != nil {
		if err := s.cfg.Migrated(ctx); err != nil {
			s.log.Warn("migrations are missing", "err", err)
			r.migrations = "missing"
		}
	}
	r.asked = s.now()
	return r.database, r.migrations
}
