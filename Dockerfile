# syntax=docker/dockerfile:1

# One image for amd64 and arm64:
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=1.2.3 -t quire:1.2.3 .
# Both builders run on the machine's own architecture; only `go build` aims elsewhere.

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
COPY --from=web /src/frontend/dist/ frontend/dist/
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /quire ./cmd/quire
# An empty folder of the runtime user's: a named volume mounted over it takes its owner.
RUN mkdir -p /data

FROM alpine:3.22
RUN apk add --no-cache ca-certificates tzdata && adduser -D -H -u 10001 quire
COPY --from=server /quire /usr/local/bin/quire
COPY --from=server --chown=10001:10001 /data /data
USER 10001:10001
WORKDIR /data
ENV HOST=0.0.0.0 \
    PORT=8080 \
    DATABASE_URL=sqlite:/data/quire.db
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["quire", "healthcheck"]
# quire drains on SIGTERM: it announces the restart, waits for commits, writes snapshots.
STOPSIGNAL SIGTERM
ENTRYPOINT ["quire"]
CMD ["serve"]
