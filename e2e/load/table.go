package load

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteTable writes the result as a table for people.
func (r Result) WriteTable(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	row("server", "%s", r.URL)
	switch {
	case r.Idle > 0:
		row("load", "%d idle connections to %d documents", r.Idle, r.Documents)
	default:
		row("load", "%d documents, of each %d writers and %d readers%s", r.Documents, r.Writers, r.Readers, r.pace())
	}
	if r.PerIdleConnection != nil {
		row("memory", "%.1f KiB an idle connection", *r.PerIdleConnection/1024)
	}
	if r.PerIdleDocument != nil {
		row("", "%.1f KiB an idle document", *r.PerIdleDocument/1024)
	}
	if r.Writers > 0 {
		row("measured", "%.1f s, %d ops acknowledged", r.Seconds, r.AckedOps)
		row("rate", "%.0f ops/s, %.0f keys/s, %.0f deliveries/s",
			r.OpsPerSecond, r.KeysTypedPerSecond, r.DeliveriesPerSecond)
		row("acknowledgement", "%s", r.Ack)
		row("propagation", "%s", r.Propagation)
		if r.Untimed > 0 {
			row("", "and %d deliveries so late that they are not in this", r.Untimed)
		}
		if r.Keys > 0 {
			row("keys pressed late", "%s", r.Late)
		}
		row("CPU per op", "server %s, database %s, load %s",
			micros(r.CPU.ServerPerOp), micros(r.CPU.DatabasePerOp), micros(r.CPU.LoadPerOp))
		row("CPU per delivery", "server %s, database %s, load %s",
			micros(r.CPU.ServerPerDelivery), micros(r.CPU.DatabasePerDelivery), micros(r.CPU.LoadPerDelivery))
	}
	row("memory", "server %s (%s before), database %s",
		mebibytes(r.Memory.Server), mebibytes(r.Memory.ServerBefore), mebibytes(r.Memory.Database))
	switch {
	case r.Checked:
		row("check", "every acknowledged edit is in the documents, once and in order")
	default:
		row("check", "FAILED")
	}
	for _, e := range r.Errors {
		row("", "%s", e)
	}
	return w.Flush()
}

func (r Result) pace() string {
	if r.Keys == 0 {
		return ", each the next op when the last is acknowledged"
	}
	return fmt.Sprintf(", each writer %g keys/s", r.Keys)
}

func (q Quantiles) String() string {
	return fmt.Sprintf("p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, max %.2f ms", q.P50, q.P95, q.P99, q.Max)
}

func micros(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f µs", *v)
}

func mebibytes(v *int64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f MiB", float64(*v)/(1<<20))
}
