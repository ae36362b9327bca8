// Package deploy holds the checks of what people start Quire with: docker-compose.yml, .env.example and the Dockerfile.
// No container engine is needed; the compose file is loaded by the library that `docker compose` itself uses.
package deploy
