// Command quire is the server: one binary with the web app in it.
//
//	quire [serve]                       serve until SIGTERM or SIGINT
//	quire setup                         print the address that makes the first account
//	quire healthcheck                   ask a running server on this machine whether it is ready
//	quire migrate                       bring the database up to date and stop
//	quire restored                      begin a new epoch of the log, after a backup was restored
//	quire user add|list|…               look after accounts, also while the server runs
//	quire bench                         put load on a server and measure it
//	quire openapi                       print the OpenAPI document
//	quire version                       print the build
//
// Every setting is a flag (--public-url), else an environment variable (PUBLIC_URL) or a file that one names (PUBLIC_URL_FILE; both
// is an error). A wrong setting stops the start and is named; a secret's value is never printed. An empty variable counts as unset.
//
// This is the only package that reads the environment, and nothing imports it.
package main
