package web

// notBuilt is shown by a binary that nobody built the app into, as go run makes it.
const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Quire: the web app is not built</title>
<h1>The web app is not built into this binary</h1>
<p>Quire is running: the API and the socket work. To have the app as well, stop it and run</p>
<pre>make build &amp;&amp; ./bin/quire</pre>
<p>in the source. The API is described at <a href="/api/docs">/api/docs</a>.</p>
`
