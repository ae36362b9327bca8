#!/bin/sh
# Prints the name of the build made from these sources: what git calls them or, where there is no git, as in an image's
# build, a digest of all that is built from. Two builds of one name are of the same sources.
set -eu
cd "$(dirname "$0")/.."
[ -e .git ] && git describe --tags --always --dirty 2>/dev/null && exit
digest=$(find go.mod go.sum cmd collab e2e/load frontend migrations server storage -type f \
	-not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/testdata/fuzz/*' -exec sha256sum {} + |
	LC_ALL=C sort | sha256sum | cut -c1-12)
echo "src-$digest"
