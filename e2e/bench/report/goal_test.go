package report

import "testing"

func TestJudge(t *testing.T) {
	more := map[string][]float64{QuirePostgres: {23, 24, 90}, ShareDBPostgres: {1, 1, 1}}
	less := map[string][]float64{QuirePostgres: {2, 2, 2}, ShareDBPostgres: {70, 69, 71}}
	for _, c := range []struct {
		name   string
		goal   Goal
		values map[string][]float64
		want   Verdict
	}{
		{"at the bound", AtLeast(OpsPerSecond, 24), more, Reached},
		{"below it", AtLeast(OpsPerSecond, 24.1), more, Missed},
		{"at most, at the bound", AtMost(OpsPerSecond, 24), more, Reached},
		{"at most, above it", AtMost(OpsPerSecond, 23.9), more, Missed},
		{"times more", TimesMore(OpsPerSecond, 24), more, Reached},
		{"not so many times more", TimesMore(OpsPerSecond, 25), more, Missed},
		{"times less", TimesLess(OpsPerSecond, 35), less, Reached},
		{"not so many times less", TimesLess(OpsPerSecond, 35.1), less, Missed},
		{"nothing measured", AtLeast(CPUPerOp, 1), more, NotMeasured},
		{"no peer", TimesMore(OpsPerSecond, 1), map[string][]float64{QuirePostgres: {1}}, NotMeasured},
		{"a fraction", Goal{Figure: OpsPerSecond, System: QuirePostgres, Against: ShareDBPostgres, AtMost: true, Bound: 0.47}, less, Reached},
		{"or", Goal{Figure: OpsPerSecond, System: QuirePostgres, Bound: 99, Or: &Goal{Figure: OpsPerSecond, System: ShareDBPostgres, Bound: 1}}, more, Reached},
		{"neither", Goal{Figure: OpsPerSecond, System: QuirePostgres, Bound: 99, Or: &Goal{Figure: OpsPerSecond, System: ShareDBPostgres, Bound: 2}}, more, Missed},
		{"missed, the other not measured", Goal{Figure: OpsPerSecond, System: QuirePostgres, Bound: 99, Or: &Goal{Figure: CPUPerOp, System: ShareDBPostgres, Bound: 2}}, more, Missed},
		{"another row", Goal{Figure: OpsPerSecond, System: QuirePostgres, Against: QuirePostgres, Row: "plain", Bound: 0.9}, more, Reached},
		{"a row that was not measured", Goal{Figure: OpsPerSecond, System: QuirePostgres, Against: QuirePostgres, Row: "other", Bound: 0.9}, more, NotMeasured},
	} {
		row := rowOf(OpsPerSecond, c.values)
		plain := rowOf(OpsPerSecond, map[string][]float64{QuirePostgres: {25, 26, 100}})
		plain.ID = "plain"
		all := &Results{Rows: []Row{plain, row}}
		if got := c.goal.Judge(all, &all.Rows[1]); got != c.want {
			t.Errorf("%s: %s, measured %s: %s, want %s", c.name, c.goal.text(), c.goal.measured(all, &row), got, c.want)
		}
	}
}

// Speed without the right text is worth nothing.
func TestAFailedRoundReachesNoGoal(t *testing.T) {
	row := rowOf(OpsPerSecond, map[string][]float64{QuirePostgres: {50, 50}})
	row.Add(QuirePostgres, Figure{Wrong: 1})
	all := &Results{Rows: []Row{row}}
	if got := AtLeast(OpsPerSecond, 24).Judge(all, &row); got != Missed {
		t.Errorf("with a failed round the goal is %s", got)
	}
}
