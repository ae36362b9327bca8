package report

import (
	"math"
	"strconv"
	"strings"
)

// The names of figures, as they stand in results.json.
const (
	OpsPerSecond       = "ops_per_second"
	KeysPerSecond      = "keys_per_second"
	MostKeys           = "most_keys_per_second"
	CPUPerOp           = "cpu_us_per_op"
	ServerPerOp        = "server_us_per_op"
	DatabasePerOp      = "database_us_per_op"
	ServerOverLoad     = "server_cpu_over_load_cpu"
	CPUPerDelivery     = "cpu_us_per_delivery"
	AckP50             = "ack_p50_ms"
	AckP99             = "ack_p99_ms"
	PropagationP50     = "propagation_p50_ms"
	PropagationP99     = "propagation_p99_ms"
	KiBPerConnection   = "kib_per_connection"
	KiBPerConnection2  = "kib_per_connection_of_2000"
	KiBPerConnection10 = "kib_per_connection_of_10000"
	KiBPerDocument     = "kib_per_document"
	BytesPerUnit       = "bytes_per_unit_above_4k"
	Held               = "sockets_held"
	OpenSmall          = "open_22k_ms"
	OpenLarge          = "open_100k_ms"
	Seconds            = "seconds"
	CommitsPerSecond   = "commits_per_second"
	CommitP50          = "commit_p50_us"
	CommitCPU          = "commit_cpu_us"
	RowsPerSecond      = "rows_per_second_70_a_commit"
	RowsCPU            = "commit_of_70_cpu_us"
	FrameCPU           = "frame_cpu_us"
	FrameRoundTrip     = "frame_round_trip_us"
	ApplyPaper         = "apply_paper_ms"
	TransformSmall     = "transform_ns"
	TransformAllocs    = "transform_allocations"
	TransformLarge     = "transform_large_ms"
	SlowCommits        = "commits_over_20_ms"
	SlowestCommit      = "slowest_commit_ms"
	Wrong              = "rounds_refused"
)

type figure struct {
	name, label string
}

// figures in the order of table lines.
func figures() []figure {
	return []figure{
		{OpsPerSecond, "acknowledged ops/s"},
		{KeysPerSecond, "keys/s typed and acknowledged"},
		{MostKeys, "most keys/s with propagation p99 < 100 ms"},
		{CPUPerOp, "CPU per op, server + database, µs"},
		{ServerPerOp, "– server, µs"},
		{DatabasePerOp, "– database, µs"},
		{ServerOverLoad, "server's CPU ÷ load generator's"},
		{CPUPerDelivery, "CPU per delivery, server + database, µs"},
		{AckP50, "ack p50, ms"},
		{AckP99, "ack p99, ms"},
		{PropagationP50, "propagation p50, ms"},
		{PropagationP99, "propagation p99, ms"},
		{KiBPerConnection, "resident per idle connection of 5,000, KiB"},
		{KiBPerConnection2, "– of 2,000, KiB"},
		{KiBPerConnection10, "– of 10,000, KiB"},
		{KiBPerDocument, "resident per idle document, KiB"},
		{BytesPerUnit, "resident per unit of a large document, 4 kB aside, bytes"},
		{Held, "idle sockets held at once"},
		{OpenSmall, "cold open, 22,000 characters after 20,000 ops, ms"},
		{OpenLarge, "cold open, about 100 kB after 260,000 ops, ms"},
		{Seconds, "seconds"},
		{CommitsPerSecond, "commits/s of one connection"},
		{CommitP50, "commit p50, µs"},
		{CommitCPU, "database's CPU per commit, µs"},
		{RowsPerSecond, "rows/s of one connection, 70 a commit"},
		{RowsCPU, "database's CPU per commit of 70, µs"},
		{FrameCPU, "CPU to write one small frame, µs"},
		{FrameRoundTrip, "small frame there and back p50, µs"},
		{ApplyPaper, "apply 259,778 ops, decoded, ms"},
		{TransformSmall, "transform small over small, ns"},
		{TransformAllocs, "allocations of a small transform"},
		{TransformLarge, "10,000 components over 1,000 ops, ms"},
		{SlowCommits, "commits over 20 ms"},
		{SlowestCommit, "slowest commit, ms"},
		{Wrong, "rounds that failed"},
	}
}

func describe(name string) figure {
	for _, f := range figures() {
		if f.name == name {
			return f
		}
	}
	return figure{name: name, label: name}
}

// number writes v with as many digits as mean something: 31,300, 42, 8.3, 0.47.
func number(v float64) string {
	switch a := math.Abs(v); {
	case a >= 100:
		return thousands(int64(math.Round(v)))
	case a == math.Trunc(a):
		return strconv.FormatInt(int64(v), 10)
	case a >= 10:
		return trimmed(v, 1)
	default:
		return trimmed(v, 2)
	}
}

func trimmed(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'f', digits, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
