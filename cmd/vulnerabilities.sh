#!/bin/sh
# Asks govulncheck whether what the binary calls has known vulnerabilities. Ends with 0 if there is none, with 1 if there is one, and with 2
# if its database was not reached: then nothing is known, which is not the same as nothing found.
set -u
GO=${GO:-go}
out=$($GO run "golang.org/x/vuln/cmd/govulncheck@${GOVULNCHECK:-v1.9.0}" ./cmd/quire 2>&1)
code=$?
printf '%s\n' "$out"
case "$out" in
*"No vulnerabilities found"*) [ $code -eq 0 ] && exit 0 ;;
*"Your code is affected by"*) exit 1 ;;
esac
echo "NOT CHECKED: govulncheck did not come to a result (see above; https://vuln.go.dev has to be reachable). Nothing is known." >&2
exit 2
