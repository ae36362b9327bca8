package load

import "time"

// Result is the result of a run; its JSON is the output of `quire bench`. A number that could not be measured is nil.
type Result struct {
	URL       string  `json:"url"`
	Documents int     `json:"documents"`
	Writers   int     `json:"writers"`         // of each document
	Readers   int     `json:"readers"`         // of each document
	Idle      int     `json:"idle"`            // connections over all documents
	Keys      float64 `json:"keys_per_second"` // of each writer; 0: closed loop
	Seconds   float64 `json:"seconds"`

	AckedOps            int64     `json:"acked_ops"`
	OpsPerSecond        float64   `json:"ops_per_second"`
	KeysTypedPerSecond  float64   `json:"keys_typed_per_second"`
	DeliveriesPerSecond float64   `json:"deliveries_per_second"`
	Ack                 Quantiles `json:"ack_ms"`
	AuthorAck           Quantiles `json:"author_ack"` // the same
	Propagation         Quantiles `json:"propagation_ms"`
	Late                Quantiles `json:"late_ms"`            // of keys pressed after they were due
	Untimed             int64     `json:"untimed_deliveries"` // too late to be in Propagation

	CPU    CPU    `json:"cpu"`
	Memory Memory `json:"memory"`

	PerIdleConnection *float64 `json:"per_idle_connection_bytes"`
	PerIdleDocument   *float64 `json:"per_idle_document_bytes"`

	Interrupted bool     `json:"interrupted"`
	Checked     bool     `json:"checked"`
	Errors      []string `json:"errors"`
}

// CPU is processor time in microseconds.
type CPU struct {
	ServerPerOp         *float64 `json:"server_us_per_op"`
	DatabasePerOp       *float64 `json:"database_us_per_op"`
	LoadPerOp           *float64 `json:"load_us_per_op"`
	ServerPerDelivery   *float64 `json:"server_us_per_delivery"`
	DatabasePerDelivery *float64 `json:"database_us_per_delivery"`
	LoadPerDelivery     *float64 `json:"load_us_per_delivery"`
}

// Memory is the processes' memory at the end, and the server's before anybody connected.
type Memory struct {
	Server       *int64 `json:"server_rss_bytes"`
	Database     *int64 `json:"database_rss_bytes"`
	ServerBefore *int64 `json:"server_rss_before_bytes"`
}

func (r *run) result(before usage, m measured, cost idleCost, checked bool) Result {
	res := Result{
		URL: r.cfg.URL, Documents: r.cfg.Documents, Writers: r.cfg.Writers, Readers: r.cfg.Readers, Keys: r.cfg.Keys,
		Idle: r.cfg.Idle, PerIdleConnection: cost.connection, PerIdleDocument: cost.document,
		Interrupted: m.interrupted, Checked: checked, Errors: []string{},
	}
	var ack, propagation histogram
	var keys, deliveries, untimed int64
	last := m.began
	for _, d := range r.docs {
		for _, w := range d.writers {
			w.mu.Lock()
			ack.merge(&w.ack)
			res.AckedOps += w.opsAcked.Load()
			keys += w.keysAcked.Load()
			if r.counted() {
				last = max(last, w.lastAck)
			}
			w.mu.Unlock()
		}
		for _, f := range d.followers() {
			propagation.merge(&f.propagation)
			deliveries += f.deliveries.Load()
			untimed += f.untimed
		}
	}
	if r.counted() {
		m.ended = last
	}
	res.Untimed = untimed
	res.Seconds = (m.ended - m.began).Seconds()
	if res.Seconds > 0 {
		res.OpsPerSecond = float64(res.AckedOps) / res.Seconds
		res.KeysTypedPerSecond = float64(keys) / res.Seconds
		res.DeliveriesPerSecond = float64(deliveries) / res.Seconds
	}
	res.Ack, res.Propagation, res.Late = ack.quantiles(), propagation.quantiles(), r.late.quantiles()
	res.AuthorAck = res.Ack
	server, database := m.from.server.until(m.to.server), m.from.database.until(m.to.database)
	own := m.to.own - m.from.own
	res.CPU = CPU{
		per(server, res.AckedOps), per(database, res.AckedOps), per(&own, res.AckedOps),
		per(server, deliveries), per(database, deliveries), per(&own, deliveries),
	}
	res.Memory = Memory{m.to.server.memory(), m.to.database.memory(), before.server.memory()}
	for _, err := range r.failures.all() {
		res.Errors = append(res.Errors, err.Error())
	}
	return res
}

// until returns the CPU time that a process used between two samples; nil if one of them failed.
func (p process) until(later process) *time.Duration {
	if !p.ok || !later.ok {
		return nil
	}
	d := later.cpu - p.cpu
	return &d
}

func (p process) memory() *int64 {
	if !p.ok {
		return nil
	}
	return &p.resident
}

func per(cpu *time.Duration, n int64) *float64 {
	if cpu == nil || n == 0 {
		return nil
	}
	v := float64(cpu.Nanoseconds()) / 1000 / float64(n)
	return &v
}
