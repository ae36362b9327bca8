// Package report turns what `make bench` measured into figures one can compare: medians and spreads over the rounds, ratios
// between systems of the same round, verdicts on the goals; as Markdown, as a plot and as JSON. It is pure: it measures and
// writes nothing.
package report
