package main

import (
	"errors"
	"slices"
	"testing"
)

func TestClimbFindsTheHighestRate(t *testing.T) {
	rates := ladder()
	for i := 1; i < len(rates); i++ {
		if rates[i] <= rates[i-1] || rates[i]%eachTypes != 0 {
			t.Errorf("%d keys/s after %d: not rising, or no whole number of documents", rates[i], rates[i-1])
		}
	}
	for _, start := range []int{rates[0], 1800, 9000, rates[len(rates)-1], 1 << 30} {
		for limit := range len(rates) + 1 { // rates below this index pass
			want := 0
			if limit > 0 {
				want = rates[limit-1]
			}
			tried := []int{}
			got, err := climb(rates, start, len(rates), func(rate int) (bool, error) {
				if slices.Contains(tried, rate) {
					t.Fatalf("from %d: %d is tried again after %v", start, rate, tried)
				}
				tried = append(tried, rate)
				return slices.Index(rates, rate) < limit, nil
			})
			if err != nil || got != want {
				t.Errorf("from %d, with %d as the highest: %d, %v after %v", start, want, got, err, tried)
			}
		}
	}
}

func TestClimbIsBounded(t *testing.T) {
	tried := 0
	always := func(int) (bool, error) { tried++; return true, nil }
	if got, err := climb(ladder(), 225, 3, always); got != 900 || err != nil || tried != 3 {
		t.Errorf("three steps from 225 give %d, %v after %d", got, err, tried)
	}
	broken := errors.New("broken")
	if _, err := climb(ladder(), 225, 3, func(int) (bool, error) { return false, broken }); !errors.Is(err, broken) {
		t.Errorf("an error is lost: %v", err)
	}
}
