package main

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/master"
)

// secrets is a Secrets Manager of one secret. It keeps the rules of the real one that a rotation could break: a value is given once, a label is
// moved from where it is.
type secrets struct {
	name    string
	rotated bool
	values  map[string]string   // by version
	labels  map[string][]string // of a version

	calls int  // that change something
	crash int  // which of them is the last: it is made, and its caller dies; 0: none
	early bool // the caller dies before that call instead
}

var errCrash = errors.New("the function was killed")

// newSecrets has one version, the current one.
func newSecrets(name, value string) *secrets {
	return &secrets{name: name, rotated: true, values: map[string]string{"v0": value}, labels: map[string][]string{"v0": {master.Current}}}
}

func (s *secrets) labelled(label string) string {
	for version, labels := range s.labels {
		if slices.Contains(labels, label) {
			return version
		}
	}
	return ""
}

func (s *secrets) move(label, to string) {
	if from := s.labelled(label); from != "" {
		s.labels[from] = slices.DeleteFunc(s.labels[from], func(l string) bool { return l == label })
	}
	s.labels[to] = append(s.labels[to], label)
}

func (s *secrets) DescribeSecret(context.Context, *secretsmanager.DescribeSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error) {
	labels := map[string][]string{}
	for version, list := range s.labels {
		if len(list) > 0 {
			labels[version] = slices.Clone(list)
		}
	}
	return &secretsmanager.DescribeSecretOutput{Name: &s.name, RotationEnabled: &s.rotated, VersionIdsToStages: labels}, nil
}

func (s *secrets) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	version := aws.ToString(in.VersionId)
	if version == "" {
		version = s.labelled(aws.ToString(in.VersionStage))
	}
	value, is := s.values[version]
	if !is || !slices.Contains(s.labels[version], aws.ToString(in.VersionStage)) {
		return nil, &types.ResourceNotFoundException{Message: new("Secrets Manager can't find the specified secret value")}
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: &value}, nil
}

func (s *secrets) PutSecretValue(_ context.Context, in *secretsmanager.PutSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error) {
	return nil, s.changes(func() error {
		if _, is := s.values[*in.ClientRequestToken]; is {
			return &types.ResourceExistsException{}
		}
		s.values[*in.ClientRequestToken] = *in.SecretString
		for _, label := range in.VersionStages {
			s.move(label, *in.ClientRequestToken)
		}
		return nil
	})
}

func (s *secrets) UpdateSecretVersionStage(_ context.Context, in *secretsmanager.UpdateSecretVersionStageInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.UpdateSecretVersionStageOutput, error) {
	return nil, s.changes(func() error {
		if has := s.labelled(*in.VersionStage); has != "" && has != aws.ToString(in.RemoveFromVersionId) {
			return &types.InvalidParameterException{Message: new("the label is on another version")}
		}
		if was := s.labelled(master.Current); *in.VersionStage == master.Current {
			s.move(master.Previous, was)
		}
		s.move(*in.VersionStage, *in.MoveToVersionId)
		return nil
	})
}

func (s *secrets) changes(change func() error) error {
	s.calls++
	if s.crash > 0 && (s.calls > s.crash || s.early && s.calls == s.crash) {
		return errCrash
	}
	err := change()
	if s.crash == s.calls && err == nil {
		err = errCrash
	}
	return err
}

// begin is what Secrets Manager does before it calls the function: the label goes to a version that has no value yet.
func (s *secrets) begin(version string) { s.move(master.Pending, version) }

var steps = []string{"createSecret", "setSecret", "testSecret", "finishSecret"}

// rotate is a whole rotation to a version.
func rotate(t *testing.T, r rotator, s *secrets, version string) error {
	t.Helper()
	s.begin(version)
	for _, step := range steps {
		if err := r.handle(t.Context(), event{step, s.name, version}); err != nil {
			return err
		}
	}
	return nil
}

// rotates does not fail, and leaves the version the current one.
func rotates(t *testing.T, r rotator, s *secrets, version string) {
	t.Helper()
	was := s.labelled(master.Current)
	require.NoError(t, rotate(t, r, s, version))
	require.Equal(t, version, s.labelled(master.Current))
	require.Equal(t, was, s.labelled(master.Previous))
}
