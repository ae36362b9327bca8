// Command quire is the server: one binary with the web app in it.
//
//	quire [serve]                       serve until SIGTERM or SIGINT
//	quire setup                         print the address that makes the first account
//	quire healthcheck                   ask a running server on this machine whether it is ready
//	quire migrate                       bring the database up to date and stop
//	quire user add|list|…               look after accounts, also while the server runs
//	quire openapi                       print the OpenAPI document
//	quire version                       print the build
//
// Every setting is a flag (--public-url), an environment variable (PUBLIC_URL) or a file named by one (PUBLIC_URL_FILE), in
// this order. A wrong one stops the start and is named; a secret's value is never printed. An empty variable is unset.
//
// This is the only package that reads the environment, and nothing imports it.
package main
