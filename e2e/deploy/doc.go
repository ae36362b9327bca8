// Package deploy holds the checks of what people start Quire with: docker-compose.yml, .env.example and the Dockerfile.
// The compose file is loaded by the library that `docker compose` itself uses, for which no container engine is needed.
// TestComposeOnAnEngine does with a real one what people are told to do; without one it is skipped, and says so.
package deploy
