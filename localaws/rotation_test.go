package localaws

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/jackc/pgx/v5"

	"livechat.example/cloud/internal/master"
	"livechat.example/cloud/internal/postgrestest"
	"livechat.example/cloud/localaws/assembly"
	"livechat.example/cloud/localaws/readback"
)

const (
	rotationRegion = "eu-west-1"
	masterName     = "livechat-test/database/master"
	rotatorName    = "livechat-test-eu-west-1-rotator"
	firstPassword  = "the-first-password-of-the-test"
)

// vaultAndServer are an emulator that runs the rotator as a Lambda, a secret in it, and the database that the secret is for.
type vaultAndServer struct {
	*testing.T
	server  *postgrestest.Server
	secrets *secretsmanager.Client
	lambda  *lambda.Client
}

// TestTheRotatorRotatesAsALambdaOfTheEmulatorAgainstARealServer calls the rotator of the assembly as Secrets Manager does. RotateSecret of this
// emulator calls no function: it makes a copy of the current value current. So the test says the steps, in Secrets Manager's place.
func TestTheRotatorRotatesAsALambdaOfTheEmulatorAgainstARealServer(t *testing.T) {
	v := startRotation(t)
	v.steps("v1", "createSecret", "setSecret", "testSecret", "finishSecret")
	first := v.password(master.Current)
	v.accepts(first, true)
	v.accepts(firstPassword, false)

	// The function is killed once the server has been told, and Secrets Manager begins anew, twice.
	v.steps("v2", "createSecret", "setSecret")
	lost := v.password(master.Pending)
	v.accepts(lost, true)
	v.steps("v3", "createSecret")
	v.steps("v4", "createSecret", "setSecret", "testSecret", "finishSecret")
	v.accepts(v.password(master.Current), true)
	v.accepts(lost, false)
	v.accepts(first, false)

	// And once nothing is finished but that: Secrets Manager goes on with the same version.
	v.steps("v5", "createSecret", "setSecret")
	v.steps("v5", "createSecret", "setSecret", "testSecret", "finishSecret")
	v.accepts(v.password(master.Current), true)
}

func startRotation(t *testing.T) vaultAndServer {
	t.Helper()
	tools, err := ToolsIn(*root)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	var log bytes.Buffer
	e, err := startEmulator(ctx, tools.Python, "111122223333", t.TempDir(), &log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		e.process.stop()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	config := readback.Config(e.endpoint, rotationRegion)
	v := vaultAndServer{t, postgrestest.Start(t), secretsmanager.NewFromConfig(config), lambda.NewFromConfig(config)}
	v.must(v.server.LikeRDS(ctx, "livechat_admin", firstPassword))
	v.createSecret()
	v.createRotator()
	return v
}

func (v vaultAndServer) must(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

func (v vaultAndServer) createSecret() {
	v.Helper()
	text, err := json.Marshal(map[string]any{
		"username": "livechat_admin", "password": firstPassword, "host": "localhost", "port": v.server.Port, "dbname": "postgres",
	})
	v.must(err)
	_, err = v.secrets.CreateSecret(v.Context(), &secretsmanager.CreateSecretInput{Name: aws.String(masterName), SecretString: aws.String(string(text))})
	v.must(err)
	_, err = v.secrets.RotateSecret(v.Context(), &secretsmanager.RotateSecretInput{SecretId: aws.String(masterName),
		RotationLambdaARN: aws.String("arn:aws:lambda:" + rotationRegion + ":111122223333:function:" + rotatorName)})
	v.must(err)
}

func (v vaultAndServer) createRotator() {
	v.Helper()
	code := v.rotator()
	_, err := v.lambda.CreateFunction(v.Context(), &lambda.CreateFunctionInput{
		FunctionName: aws.String(rotatorName), Role: aws.String("arn:aws:iam::111122223333:role/rotator"), Code: &lambdatypes.FunctionCode{ZipFile: code},
		Runtime: lambdatypes.RuntimeProvidedal2023, Handler: aws.String("bootstrap"), Timeout: aws.Int32(60),
		Environment: &lambdatypes.Environment{Variables: map[string]string{"ROTATOR_CA": v.server.CAFile}},
	})
	v.must(err)
}

// rotator is the code of the rotator, as the assembly ships it.
func (v vaultAndServer) rotator() []byte {
	v.Helper()
	shipped, err := assembly.Read(*shipping)
	v.must(err)
	for _, s := range shipped.Stacks {
		for id, resource := range s.Resources() {
			if resource.(map[string]any)["Type"] != "AWS::Lambda::Function" {
				continue
			}
			function := properties(s.Template, id)
			if name, _ := function["FunctionName"].(string); !strings.HasSuffix(name, "-rotator") {
				continue
			}
			key := function["Code"].(map[string]any)["S3Key"].(string)
			code, err := os.ReadFile(filepath.Join(*shipping, "asset."+key))
			v.must(err)
			return code
		}
	}
	v.Fatalf("%s has no rotator", *shipping)
	return nil
}

// steps gives a version the pending label, as RotateSecret does, and calls the function for steps of its rotation.
func (v vaultAndServer) steps(version string, steps ...string) {
	v.Helper()
	token := fmt.Sprintf("00000000-0000-0000-0000-%012s", version)
	v.begin(token)
	for _, step := range steps {
		event, err := json.Marshal(map[string]string{"Step": step, "SecretId": masterName, "ClientRequestToken": token})
		v.must(err)
		out, err := v.lambda.Invoke(v.Context(), &lambda.InvokeInput{FunctionName: aws.String(rotatorName), Payload: event})
		v.must(err)
		if out.FunctionError != nil {
			v.Fatalf("%s of %s: %s", step, version, out.Payload)
		}
	}
}

func (v vaultAndServer) begin(token string) {
	v.Helper()
	is, err := v.secrets.DescribeSecret(v.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String(masterName)})
	v.must(err)
	for version, labels := range is.VersionIdsToStages {
		for _, label := range labels {
			if label != master.Pending {
				continue
			}
			if version == token {
				return
			}
			_, err := v.secrets.UpdateSecretVersionStage(v.Context(), &secretsmanager.UpdateSecretVersionStageInput{
				SecretId: aws.String(masterName), VersionStage: aws.String(label), RemoveFromVersionId: &version})
			v.must(err)
		}
	}
	_, err = v.secrets.PutSecretValue(v.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: aws.String(masterName), ClientRequestToken: &token, VersionStages: []string{master.Pending}})
	v.must(err)
}

func (v vaultAndServer) password(label string) string {
	v.Helper()
	login, err := master.Read(v.Context(), v.secrets, masterName, label)
	v.must(err)
	return login.Password
}

// accepts says whether the server must let the master in with a password.
func (v vaultAndServer) accepts(password string, must bool) {
	v.Helper()
	address, err := url.Parse(v.server.DSN("postgres", "livechat_admin", password))
	v.must(err)
	conn, err := pgx.Connect(v.Context(), address.String())
	if err == nil {
		v.must(conn.Close(v.Context()))
	} else if !master.WrongPassword(err) {
		v.Fatal(err)
	}
	if (err == nil) != must {
		v.Errorf("the server lets a password in: %v, want %v", err == nil, must)
	}
}
