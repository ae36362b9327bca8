package deploy

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

const root = "../.."

// load reads the compose file as `docker compose` does in a folder with this .env and a shell with these variables.
func load(t *testing.T, dotenv string, shell ...string) (*types.Project, error) {
	t.Helper()
	return loadIn(t, t.TempDir(), dotenv, shell...)
}

// loadIn is load in a folder that may hold more files already.
func loadIn(t *testing.T, folder, dotenv string, shell ...string) (*types.Project, error) {
	t.Helper()
	write(t, filepath.Join(folder, "docker-compose.yml"), read(t, "docker-compose.yml"))
	write(t, filepath.Join(folder, ".env"), dotenv)
	opts, err := cli.NewProjectOptions(nil, cli.WithWorkingDirectory(folder), cli.WithEnv(shell), cli.WithEnvFiles(), cli.WithDotEnv,
		cli.WithDefaultConfigPath, cli.WithProfiles([]string{"*"}))
	if err != nil {
		t.Fatal(err)
	}
	return opts.LoadProject(context.Background())
}

// needed is what a .env must hold.
const needed = "POSTGRES_PASSWORD=tulip\nSECRET_KEY=0123456789abcdef0123456789abcdef\n"

func loaded(t *testing.T, dotenv string, shell ...string) *types.Project {
	t.Helper()
	project, err := load(t, dotenv, shell...)
	if err != nil {
		t.Fatalf("docker-compose.yml does not load: %v", err)
	}
	return project
}

// given is the environment that the container of quire starts with.
func given(project *types.Project) map[string]string {
	env := map[string]string{}
	for name, value := range project.Services["quire"].Environment {
		if value != nil {
			env[name] = *value
		}
	}
	return env
}

func TestComposeRequiresAPassword(t *testing.T) {
	for _, dotenv := range []string{"SECRET_KEY=chosen\n", "SECRET_KEY=chosen\nPOSTGRES_PASSWORD=\n"} {
		_, err := load(t, dotenv)
		if err == nil || !strings.Contains(err.Error(), "POSTGRES_PASSWORD") || !strings.Contains(err.Error(), ".env") {
			t.Errorf("loading with %q = %v, want a refusal that names POSTGRES_PASSWORD and .env", dotenv, err)
		}
	}
}

var nested = regexp.MustCompile(`\$\{[A-Z_]+:?[-+][^}]*\$\{[A-Z_]+:?\?`)

// Compose before 5 demands what a default requires also where the default is not used.
func TestComposeRequiresNothingInADefault(t *testing.T) {
	if found := nested.FindString(read(t, "docker-compose.yml")); found != "" {
		t.Errorf("docker-compose.yml has %q…", found)
	}
}

func TestComposeServices(t *testing.T) {
	project := loaded(t, needed)
	if got := project.ServiceNames(); !slices.Equal(got, []string{"caddy", "postgres", "quire"}) {
		t.Fatalf("services = %v", got)
	}
	for name, service := range project.Services {
		if service.Restart != types.RestartPolicyUnlessStopped {
			t.Errorf("%s: restart = %q", name, service.Restart)
		}
		if service.Logging == nil || service.Logging.Options["max-size"] == "" || service.Logging.Options["max-file"] == "" {
			t.Errorf("%s: its log may fill the disk: %+v", name, service.Logging)
		}
		if name != "caddy" && (service.StopGracePeriod == nil || time.Duration(*service.StopGracePeriod) < 20*time.Second) {
			t.Errorf("%s: stop_grace_period is %v, shorter than a drain or checkpoint may take", name, service.StopGracePeriod)
		}
		if service.Privileged {
			t.Errorf("%s is privileged", name)
		}
	}
}

func TestComposePublishesOnlyQuire(t *testing.T) {
	project := loaded(t, needed)
	if ports := project.Services["postgres"].Ports; len(ports) != 0 {
		t.Errorf("postgres publishes %v", ports)
	}
	ports := project.Services["quire"].Ports
	if len(ports) != 1 || ports[0].Target != 8080 || ports[0].Published != "8080" {
		t.Errorf("quire publishes %v, want its one port", ports)
	}
}

func TestComposeWaitsForTheDatabase(t *testing.T) {
	project := loaded(t, needed)
	check := project.Services["postgres"].HealthCheck
	if check == nil || !strings.Contains(strings.Join(check.Test, " "), "pg_isready -h 127.0.0.1 ") {
		t.Errorf("postgres' health check = %+v, want pg_isready by TCP: during initdb the socket answers, too", check)
	}
	if needs := project.Services["quire"].DependsOn["postgres"]; needs.Condition != types.ServiceConditionHealthy {
		t.Errorf("quire starts when postgres is %q", needs.Condition)
	}
	image := project.Services["postgres"].Image
	if !strings.HasPrefix(image, "postgres:17") {
		t.Errorf("postgres' image = %q, want a pinned major", image)
	}
}

func TestComposeKeepsDataInNamedVolumes(t *testing.T) {
	project := loaded(t, needed)
	want := map[string]string{"postgres": "/var/lib/postgresql/data", "quire": "/data"}
	for service, target := range want {
		volumes := project.Services[service].Volumes
		if len(volumes) != 1 || volumes[0].Type != types.VolumeTypeVolume || volumes[0].Target != target || volumes[0].Source == "" {
			t.Errorf("%s: volumes = %+v, want one named volume at %s", service, volumes, target)
			continue
		}
		if _, ok := project.Volumes[volumes[0].Source]; !ok {
			t.Errorf("%s: volume %q is not declared", service, volumes[0].Source)
		}
	}
}

// The server would be told one password and the database another, if either had one of its own.
func TestComposeHasNoDefaultPassword(t *testing.T) {
	project := loaded(t, needed)
	if got := *project.Services["postgres"].Environment["POSTGRES_PASSWORD"]; got != "tulip" {
		t.Errorf("postgres' password = %q", got)
	}
	env := given(project)
	if env["PGPASSWORD"] != "tulip" || !strings.HasPrefix(env["DATABASE_URL"], "postgres://quire@postgres:5432/") {
		t.Errorf("DATABASE_URL = %q, PGPASSWORD = %q", env["DATABASE_URL"], env["PGPASSWORD"])
	}
}

// The proxy runs when it is asked for, only; its address is the one that Quire believes.
func TestComposeHTTPSIsAProfile(t *testing.T) {
	project := loaded(t, needed+"PUBLIC_URL=https://docs.example.org\n")
	caddy := project.Services["caddy"]
	if !slices.Equal(caddy.Profiles, []string{"https"}) {
		t.Errorf("caddy's profiles = %v", caddy.Profiles)
	}
	if at, trusted := caddy.Networks["default"].Ipv4Address, given(project)["TRUST_PROXY"]; at == "" || at != trusted {
		t.Errorf("the proxy is at %q, and %q is believed", at, trusted)
	}
	if content := project.Configs["caddyfile"].Content; !strings.HasPrefix(content, "https://docs.example.org {") {
		t.Errorf("caddy is told %q", content)
	}
	if pool := project.Networks["default"].Ipam.Config[0]; !strings.Contains(read(t, ".env.example"), pool.Gateway) {
		t.Errorf("this machine is at %q there, which .env.example does not say", pool.Gateway)
	}
	moved := loaded(t, needed+"QUIRE_NETWORK=10.1.2\n")
	if at, trusted := moved.Services["caddy"].Networks["default"].Ipv4Address, given(moved)["TRUST_PROXY"]; at != "10.1.2.2" || trusted != at {
		t.Errorf("in another network the proxy is at %q, and %q is believed", at, trusted)
	}
}

// overridden loads the compose file beside an override that SELF-HOSTING.md shows.
func overridden(t *testing.T, example, dotenv string) *types.Project {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "docker-compose.override.yml"), shown(t, example))
	project, err := loadIn(t, folder, dotenv)
	if err != nil {
		t.Fatalf("the override of SELF-HOSTING.md does not load: %v", err)
	}
	return project
}

func TestComposeWithACertificateOfOnesOwn(t *testing.T) {
	project := overridden(t, "tls", needed+shown(t, "tls-env"))
	published := map[string]uint32{}
	for _, port := range project.Services["quire"].Ports {
		published[port.Published] = port.Target
	}
	env := given(project)
	if len(published) != 2 || published["443"] != 8080 || published["80"] == 0 || strconv.Itoa(int(published["80"])) != env["TLS_REDIRECT_PORT"] {
		t.Errorf("published are %v, and the plain port is %s", published, env["TLS_REDIRECT_PORT"])
	}
	mounted := project.Services["quire"].Volumes[len(project.Services["quire"].Volumes)-1]
	for _, name := range []string{"TLS_CERT", "TLS_KEY"} {
		if filepath.Dir(env[name]) != mounted.Target || !mounted.ReadOnly {
			t.Errorf("%s=%s is not in what is mounted: %+v", name, env[name], mounted)
		}
	}
}

func TestComposeWithASecretFromAFile(t *testing.T) {
	project := overridden(t, "secret", "POSTGRES_PASSWORD=tulip\nSECRET_KEY_FILE=/run/secrets/secret_key\n")
	mounted := project.Services["quire"].Secrets
	if len(mounted) != 1 || "/run/secrets/"+mounted[0].Source != given(project)["SECRET_KEY_FILE"] || project.Secrets[mounted[0].Source].File == "" {
		t.Errorf("secrets = %+v of %+v", mounted, project.Secrets)
	}
}
