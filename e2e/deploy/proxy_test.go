package deploy

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"quire/e2e/internal/quire"
	"quire/e2e/internal/tether"
	"quire/server/tlstest"
)

// program is one that is installed, or that bring.sh put into e2e/.cache; the test is skipped, saying so, where it is not.
func program(t *testing.T, name string) string {
	t.Helper()
	places := []string{"/usr/sbin/" + name, root + "/e2e/.cache/" + name + "/usr/sbin/" + name}
	if found, err := exec.LookPath(name); err == nil {
		places = append([]string{found}, places...)
	}
	for _, place := range places {
		if path, err := filepath.Abs(place); err == nil && exec.Command(path, "version").Err == nil {
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
	}
	t.Skipf("there is no %s here (Debian: apt-get install %s)", name, name)
	return ""
}

// nginx runs the block of SELF-HOSTING.md on a free port, before the server; by https, or with what makes it so taken out.
func nginx(t *testing.T, server *quire.Server, secure bool) (url string, client *http.Client) {
	t.Helper()
	binary, folder, port := program(t, "nginx"), t.TempDir(), quire.FreePort(t)
	jar, _ := cookiejar.New(nil) // it never fails
	client = &http.Client{Jar: jar, Timeout: time.Minute}
	block := strings.ReplaceAll(shown(t, "nginx"), "http://127.0.0.1:8080", server.URL)
	block = strings.ReplaceAll(block, "/var/log/nginx/access.log", filepath.Join(folder, "access.log"))
	url = fmt.Sprintf("http://127.0.0.1:%d", port)
	if secure {
		url = strings.Replace(url, "http:", "https:", 1)
		authority := tlstest.NewAuthority(t)
		certificate, key := authority.Issue(t, "127.0.0.1").Files(t, folder)
		block = strings.NewReplacer("/etc/letsencrypt/live/docs.example.org/fullchain.pem", certificate,
			"/etc/letsencrypt/live/docs.example.org/privkey.pem", key, "listen 443 ssl", fmt.Sprintf("listen 127.0.0.1:%d ssl", port)).Replace(block)
		client.Transport = &http.Transport{TLSClientConfig: authority.Client(), TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}
	} else {
		var plain []string
		for line := range strings.Lines(block) {
			if !strings.Contains(line, "ssl_certificate") {
				plain = append(plain, strings.Replace(line, "listen 443 ssl", fmt.Sprintf("listen 127.0.0.1:%d", port), 1))
			}
		}
		block = strings.Join(plain, "")
		client.Transport = &http.Transport{}
	}
	t.Cleanup(client.CloseIdleConnections)
	config := filepath.Join(folder, "nginx.conf")
	write(t, config, "pid nginx.pid; error_log error.log; worker_processes 1;\nevents {}\nhttp {\n"+
		"gzip on; gzip_proxied any; gzip_types text/plain application/json;\n"+ // as many have it
		"client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n"+block+"}\n")
	cmd := exec.Command(binary, "-p", folder, "-c", config, "-g", "daemon off;"+asUs())
	var said bytes.Buffer
	cmd.Stderr = &said
	tether.Tie(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		<-ended
	})
	for {
		if res, err := client.Get(url + "/healthz"); err == nil {
			res.Body.Close()
			return url, client
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("nginx ended with %v: %s", err, said.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// asUs keeps nginx's worker who the test is: another user may not enter its folder.
func asUs() string {
	if os.Getuid() == 0 {
		return "user root;"
	}
	return ""
}

// send is a request of a page at url.
func send(t *testing.T, client *http.Client, method, url, path string, header map[string]string, body any) *http.Response {
	t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, url+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", url)
	req.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return res
}

// answer is the body of a request that has to succeed.
func answer(t *testing.T, res *http.Response) []byte {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %.300s (%v)", res.Request.Method, res.Request.URL.Path, res.Status, body, err)
	}
	return body
}

// Behind nginx as SELF-HOSTING.md has it, on any port, plain and by https, without PUBLIC_URL: people sign up, the socket
// opens, and an edit against the revision that came compressed is taken.
func TestTheExampleForNginx(t *testing.T) {
	quire.Full(t)
	server := quire.New(t, "sqlite:"+filepath.Join(t.TempDir(), "quire.db"), "TRUST_PROXY=127.0.0.1")
	server.Start()
	for name, secure := range map[string]bool{"plain": false, "TLS": true} {
		t.Run(name, func(t *testing.T) {
			url, client := nginx(t, server, secure)
			person := map[string]string{"name": "Ada", "email": name + "@example.org", "password": "a short sentence is easiest"}
			answer(t, send(t, client, http.MethodPost, url, "/api/v1/auth/signup", nil, person))
			upgrade := map[string]string{
				"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
			}
			socket := send(t, client, http.MethodGet, url, "/api/v1/socket", upgrade, nil)
			socket.Body.Close()
			if socket.StatusCode != http.StatusSwitchingProtocols {
				t.Errorf("the socket: %s", socket.Status)
			}
			editsWhatCameCompressed(t, client, url)
		})
	}
}

// editsWhatCameCompressed is the README's example by `curl --compressed`.
func editsWhatCameCompressed(t *testing.T, client *http.Client, url string) {
	t.Helper()
	var made struct{ ID string }
	text := strings.Repeat("The colour of the sky. ", 20)
	if err := json.Unmarshal(answer(t, send(t, client, http.MethodPost, url, "/api/v1/documents", nil, map[string]string{"title": "Sky", "text": text})), &made); err != nil {
		t.Fatal(err)
	}
	content := "/api/v1/documents/" + made.ID + "/content"
	res := send(t, client, http.MethodGet, url, content+"?format=text", map[string]string{"Accept-Encoding": "gzip"}, nil)
	tag := res.Header.Get("ETag")
	if res.Header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(tag, "W/") {
		t.Fatalf("Content-Encoding %q, ETag %s: this tests nothing", res.Header.Get("Content-Encoding"), tag)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(answer(t, res)))
	if err != nil {
		t.Fatal(err)
	}
	was, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	header := map[string]string{"Content-Type": "text/plain", "If-Match": tag}
	answer(t, send(t, client, http.MethodPut, url, content, header, strings.ReplaceAll(string(was), "colour", "color")))
	if got := string(answer(t, send(t, client, http.MethodGet, url, content+"?format=text", nil, nil))); strings.Contains(got, "colour") {
		t.Errorf("the text is %.60q", got)
	}
}

// Caddy's own reader takes the example; Traefik is not in Debian, so of its example only the form is looked at.
func TestTheExamplesForCaddyAndTraefik(t *testing.T) {
	var traefik struct {
		HTTP struct {
			Routers  map[string]struct{ Rule, Service string }
			Services map[string]struct {
				LoadBalancer struct{ Servers []struct{ URL string } } `yaml:"loadBalancer"`
			}
		}
	}
	if err := yaml.Unmarshal([]byte(shown(t, "traefik")), &traefik); err != nil {
		t.Fatal(err)
	}
	for name, router := range traefik.HTTP.Routers {
		if servers := traefik.HTTP.Services[router.Service].LoadBalancer.Servers; len(servers) != 1 || servers[0].URL != "http://127.0.0.1:8080" {
			t.Errorf("router %s leads to %v", name, servers)
		}
	}
	binary, file := program(t, "caddy"), filepath.Join(t.TempDir(), "Caddyfile")
	for name, text := range map[string]string{
		"SELF-HOSTING.md": shown(t, "caddy"), "docker-compose.yml": loaded(t, needed).Configs["caddyfile"].Content,
	} {
		write(t, file, text)
		out, err := exec.Command(binary, "adapt", "--config", file, "--adapter", "caddyfile").Output()
		if err != nil || !strings.Contains(string(out), "reverse_proxy") {
			t.Errorf("%s: caddy adapt: %v\n%s", name, err, out)
		}
	}
}
