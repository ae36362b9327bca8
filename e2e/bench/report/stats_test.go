package report

import (
	"slices"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
		ok     bool
	}{
		{nil, 0, false},
		{[]float64{7}, 7, true},
		{[]float64{9, 1, 5}, 5, true},
		{[]float64{4, 1, 3, 2}, 2.5, true},
		{[]float64{100, 1, 1, 1, 100}, 1, true},
	} {
		given := slices.Clone(c.values)
		if got, ok := Median(c.values); got != c.want || ok != c.ok {
			t.Errorf("Median(%v) = %v, %v; want %v, %v", c.values, got, ok, c.want, c.ok)
		}
		if !slices.Equal(given, c.values) {
			t.Errorf("Median put %v into the order %v", given, c.values)
		}
	}
}

func TestQuantile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for _, c := range []struct{ q, want float64 }{{0, 1}, {0.5, 50}, {0.99, 99}, {0.995, 100}, {1, 100}} {
		if got, ok := Quantile(hundred, c.q); got != c.want || !ok {
			t.Errorf("Quantile(1…100, %v) = %v, %v; want %v", c.q, got, ok, c.want)
		}
	}
	if _, ok := Quantile(nil, 0.5); ok {
		t.Error("there is a quantile of nothing")
	}
}

// rowOf makes a row from the values of one figure.
func rowOf(figure string, values map[string][]float64) Row {
	row := Row{ID: "r", Title: "a row", Short: "row"}
	for _, system := range systems() {
		for _, v := range values[system] {
			f := Figure{figure: v}
			if v < 0 { // it was not measured in this round
				f = Figure{}
			}
			row.Add(system, f)
		}
	}
	return row
}

// A ratio belongs to a round: the median of the ratios is not the ratio of the medians.
func TestRatiosAreTakenWithinARound(t *testing.T) {
	row := rowOf(OpsPerSecond, map[string][]float64{QuirePostgres: {100, 300, 80}, ShareDBPostgres: {10, 10, 2}})
	got := Ratios(&row, OpsPerSecond, QuirePostgres, &row, ShareDBPostgres)
	if !slices.Equal(got, []float64{10, 30, 40}) {
		t.Errorf("ratios are %v", got)
	}
	if m, _ := Median(got); m != 30 {
		t.Errorf("the median of %v is %v", got, m)
	}
	row = rowOf(OpsPerSecond, map[string][]float64{QuirePostgres: {100, -1, 80, 5}, ShareDBPostgres: {10, 10, 0}})
	if got := Ratios(&row, OpsPerSecond, QuirePostgres, &row, ShareDBPostgres); !slices.Equal(got, []float64{10}) {
		t.Errorf("rounds without a figure, without a peer, or over 0, give ratios: %v", got)
	}
	if got := Ratios(&row, OpsPerSecond, QuirePostgres, nil, ShareDBPostgres); got != nil {
		t.Errorf("a row that was not measured gives ratios: %v", got)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 31300.4: "31,300", 1234567: "1,234,567", 999.5: "1,000", 100: "100", -1500: "-1,500",
		42: "42", 42.04: "42", 42.06: "42.1", 8.333: "8.33", 0.47: "0.47", 0.104: "0.1", 5: "5",
	} {
		if got := number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
	if got := spread([]float64{3, 1, 2}); got != "2 (1–3)" {
		t.Errorf("spread is %q", got)
	}
	if got := spread([]float64{2, 2}) + spread(nil); got != "2" {
		t.Errorf("spread of equal values, then of none, is %q", got)
	}
}
