package deploy

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

const root = "../.."

// secrets are the two values a person has to choose.
var secrets = []string{"POSTGRES_PASSWORD", "SECRET_KEY"}

func load(t *testing.T, env ...string) (*types.Project, error) {
	t.Helper()
	opts, err := cli.NewProjectOptions([]string{root + "/docker-compose.yml"}, cli.WithWorkingDirectory(root), cli.WithEnv(env))
	if err != nil {
		t.Fatal(err)
	}
	return opts.LoadProject(context.Background())
}

func loaded(t *testing.T) *types.Project {
	t.Helper()
	project, err := load(t, "POSTGRES_PASSWORD=tulip", "SECRET_KEY=0123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatalf("docker-compose.yml does not load: %v", err)
	}
	return project
}

func TestComposeRequiresItsSecrets(t *testing.T) {
	for _, missing := range secrets {
		var env []string
		for _, name := range secrets {
			if name != missing {
				env = append(env, name+"=chosen")
			}
		}
		for _, given := range [][]string{env, append(slices.Clone(env), missing+"=")} {
			_, err := load(t, given...)
			if err == nil || !strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), ".env") {
				t.Errorf("loading with %q = %v, want a refusal that names %s and .env", given, err, missing)
			}
		}
	}
}

func TestComposeServices(t *testing.T) {
	project := loaded(t)
	if got := project.ServiceNames(); !slices.Equal(got, []string{"postgres", "quire"}) {
		t.Fatalf("services = %v", got)
	}
	for name, service := range project.Services {
		if service.Restart != types.RestartPolicyUnlessStopped {
			t.Errorf("%s: restart = %q", name, service.Restart)
		}
		if service.StopGracePeriod == nil || time.Duration(*service.StopGracePeriod) < 20*time.Second {
			t.Errorf("%s: stop_grace_period is %v, shorter than a drain or checkpoint may take", name, service.StopGracePeriod)
		}
		if service.Privileged {
			t.Errorf("%s is privileged", name)
		}
	}
}

func TestComposePublishesOnlyQuire(t *testing.T) {
	project := loaded(t)
	if ports := project.Services["postgres"].Ports; len(ports) != 0 {
		t.Errorf("postgres publishes %v", ports)
	}
	ports := project.Services["quire"].Ports
	if len(ports) != 1 || ports[0].Target != 8080 || ports[0].Published != "8080" {
		t.Errorf("quire publishes %v, want its one port", ports)
	}
}

func TestComposeWaitsForTheDatabase(t *testing.T) {
	project := loaded(t)
	check := project.Services["postgres"].HealthCheck
	if check == nil || !strings.Contains(strings.Join(check.Test, " "), "pg_isready") {
		t.Errorf("postgres' health check = %+v, want pg_isready", check)
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
	project := loaded(t)
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
	project := loaded(t)
	if got := *project.Services["postgres"].Environment["POSTGRES_PASSWORD"]; got != "tulip" {
		t.Errorf("postgres' password = %q", got)
	}
	address := *project.Services["quire"].Environment["DATABASE_URL"]
	if !strings.HasPrefix(address, "postgres://quire:tulip@postgres:5432/") {
		t.Errorf("DATABASE_URL = %q", address)
	}
}
