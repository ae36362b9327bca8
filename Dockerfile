# One image for amd64 and arm64, by an engine with the containerd image store (docker info: io.containerd.snapshotter.v1):
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=1.2.3 -t quire:1.2.3 .
# Whatever runs here runs on the machine's own architecture; only `go build` aims elsewhere, and the last stage only copies.

FROM --platform=$BUILDPLATFORM node:22-alpine AS web
WORKDIR /src/frontend
# Manifests first: the packages are fetched again only when they change.
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
COPY frontend/client/package.json client/
COPY frontend/app/package.json app/
RUN --mount=type=cache,target=/root/.npm npm ci
# formats.json, golden frames and close codes are shared with the server.
COPY collab/wire/testdata /src/collab/wire/testdata
COPY frontend/ ./
RUN npm run build

FROM --platform=$BUILDPLATFORM golang:1.26-alpine AS server
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
# Before the web app comes in: the name of the build is the sources'.
ARG VERSION
RUN if [ -n "$VERSION" ]; then echo "$VERSION"; else sh cmd/version.sh; fi > /version
COPY --from=web /src/frontend/dist/ frontend/dist/
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -tags timetzdata -ldflags "-s -w -X main.version=$(cat /version)" -o /quire ./cmd/quire

# What the image needs beside the binary is the same on every architecture.
FROM --platform=$BUILDPLATFORM alpine:3.22 AS files
RUN apk add --no-cache ca-certificates && adduser -D -H -u 10001 quire
# An empty folder of the runtime user's: a named volume mounted over it takes its owner.
RUN mkdir -p /data

FROM alpine:3.22
COPY --from=files /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=files /etc/passwd /etc/group /etc/
COPY --from=files --chown=10001:10001 /data /data
COPY --from=server /quire /usr/local/bin/quire
USER 10001:10001
# Not under a name that .env may also give by a file: two would be refused. The database is data/quire.db from here.
WORKDIR /
ENV HOST=0.0.0.0
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["quire", "healthcheck"]
# quire drains on SIGTERM: it announces the restart, waits for commits, writes snapshots.
STOPSIGNAL SIGTERM
ENTRYPOINT ["quire"]
CMD ["serve"]
