package load

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Each of these servers acknowledges all it is sent, and has lost or changed something: the run must fail and say where.
func TestTheCheckFindsWhatABrokenServerDid(t *testing.T) {
	address := house(t)
	const ops = 30
	isEdit := func(m message) bool { return string(m.action) == "op" && m.op != nil }
	typed := func(frame string) (letter, before, behind string) { // of an op that inserts one letter
		before, behind, ok := strings.Cut(frame, `{"insert":"`)
		if !ok {
			return "", "", ""
		}
		return behind[:1], before + `{"insert":"`, behind[1:]
	}
	for _, c := range []struct {
		name   string
		change func(*Config)
		meddle meddling
		says   []string
		waits  bool // something never comes
	}{
		{"acknowledges the last op and loses it", nil, func(fromServer bool, client, frame string, m message) (string, string) {
			if !fromServer && isEdit(m) && m.seq == ops {
				return "", fmt.Sprintf(`{"a":"op","c":"documents","d":"%s","v":%d,"src":"%s","seq":%d}`, m.doc, m.v, client, m.seq)
			}
			return frame, ""
		}, []string{"-0: is at revision 30, but 31 ops"}, false},
		{"applies another letter than was typed", nil, func(fromServer bool, client, frame string, m message) (string, string) {
			if letter, before, behind := typed(frame); !fromServer && m.seq == ops && letter != "" {
				return before + string(letter[0]^1) + behind, ""
			}
			return frame, ""
		}, []string{"-0: writer 0: what was acknowledged is not what is there"}, false},
		{"applies a letter twice", nil, func(fromServer bool, client, frame string, m message) (string, string) {
			if letter, before, behind := typed(frame); !fromServer && m.seq == ops && letter != "" {
				return before + letter + letter + behind, ""
			}
			return frame, ""
		}, []string{"-0: writer 0: what was acknowledged is not what is there"}, false},
		{"deletes a character nobody deleted", nil, func(fromServer bool, client, frame string, m message) (string, string) {
			if !fromServer && isEdit(m) && m.seq == ops {
				return strings.Replace(frame, `"op":[{"retain":`, `"op":[{"delete":1},{"retain":`, 1), ""
			}
			return frame, ""
		}, []string{"-0: what it began with has changed"}, false},
		{"loses a broadcast", func(cfg *Config) { cfg.Readers = 1 }, func(fromServer bool, client, frame string, m message) (string, string) {
			if fromServer && isEdit(m) && m.v == 7 {
				return "", ""
			}
			return frame, ""
		}, []string{"reader 0 of bench-", "is at revision 7 of 31"}, true},
		{"broadcasts another letter than it applies", func(cfg *Config) { cfg.Shadow = true },
			func(fromServer bool, client, frame string, m message) (string, string) {
				if letter, before, behind := typed(frame); fromServer && isEdit(m) && m.v == ops && letter != "" {
					return before + string(letter[0]^1) + behind, ""
				}
				return frame, ""
			}, []string{"-0: differs from the text rebuilt of what was broadcast"}, false},
		{"acknowledges what is not in flight", nil, func(fromServer bool, client, frame string, m message) (string, string) {
			if fromServer && string(m.action) == "op" && m.v > 0 && m.seq == 9 {
				return strings.Replace(frame, `"seq":9`, `"seq":8`, 1), ""
			}
			return frame, ""
		}, []string{"writer 0 of bench-", "op 8 was acknowledged", "not in flight"}, false},
		{"never acknowledges an op", nil, func(fromServer bool, client, frame string, m message) (string, string) {
			if fromServer && string(m.action) == "op" && m.v > 0 && m.seq == 9 {
				return "", ""
			}
			return frame, ""
		}, []string{"writer 0 of bench-", "op 9 was not acknowledged"}, true},
		{"refuses an op", nil, func(fromServer bool, client, frame string, m message) (string, string) {
			if !fromServer && isEdit(m) && m.seq == 9 {
				return "", strings.TrimSuffix(frame, "}") + `,"error":{"code":"ERR","message":"no"}}`
			}
			return frame, ""
		}, []string{"writer 0 of bench-", "refused an op", `"message":"no"`}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := small(between(t, address, c.meddle))
			cfg.Documents, cfg.Writers, cfg.Ops, cfg.Shadow = 1, 1, ops, false
			cfg.Seed = 4 // whose last op is a letter, behind the beginning of the document
			if c.change != nil {
				c.change(&cfg)
			}
			r, err := newRun(cfg.narrow())
			if err != nil {
				t.Fatal(err)
			}
			defer r.close()
			if c.waits {
				r.patience = 2 * time.Second
			}
			result, err := r.all(t.Context())
			if err == nil || result.Checked || len(result.Errors) == 0 {
				t.Fatalf("Run = %+v, %v; want a failure", result, err)
			}
			for _, part := range c.says {
				if !strings.Contains(result.Errors[0], part) {
					t.Errorf("it says %q, want %q", result.Errors, part)
				}
			}
		})
	}
}

// A server may send an op twice, and one before the other, as ShareDB does. Each is taken once, in its turn.
func TestOpsThatArriveTwiceOrEarlyAreTakenOnceInOrder(t *testing.T) {
	early := map[string]string{} // by receiver, a frame that was kept back
	cfg := small(between(t, house(t), func(fromServer bool, client, frame string, m message) (string, string) {
		if !fromServer || string(m.action) != "op" || m.op == nil {
			return frame, ""
		}
		if kept := early[client]; kept != "" {
			delete(early, client)
			return frame + cut + kept + cut + frame, ""
		}
		if m.v%5 == 3 {
			early[client] = frame
			return "", ""
		}
		return frame + cut + frame, ""
	}))
	cfg.Documents, cfg.Writers, cfg.Readers, cfg.Ops, cfg.Keys = 1, 1, 2, 101, 0
	result, err := Run(t.Context(), cfg)
	if err != nil || !result.Checked || result.AckedOps != 101 {
		t.Fatalf("Run = %+v, %v", result, err)
	}
	if got := result.DeliveriesPerSecond * result.Seconds; got < 201.5 || got > 202.5 {
		t.Errorf("%.1f deliveries, want each op once at both readers", got)
	}
}
