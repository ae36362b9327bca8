// Command runner runs the parts of `make check` and `make test` one after another, counts their tests from the tools' own
// reports (go test -json, Vitest's and Playwright's JSON), prints a table of minutes and the peak of memory of all that it
// started, and closes with `N passed, N failed`.
//
// It exits with a failure if a test failed, if a part ended badly without a failed test (a package that does not compile,
// a browser that does not start), or if a part that should have tests ran none. Skipped tests are listed with their
// reasons and are never counted as passed. Parts run one at a time, as they are about timing and two cores are few; but for
// those about which no timing is, beside the fuzzing, which takes the same time whatever else the machine does.
package main
