package main

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"livechat.example/cloud/internal/master"
)

// rotation is that of one secret to one version.
type rotation struct {
	vault   vault
	secret  string
	version string
	labels  map[string][]string // of each version
}

// create makes the pending value, unless an earlier call has: whom it was told to must find it unchanged.
func (r rotation) create(ctx context.Context, k kind) error {
	if _, err := r.pending(ctx); !errors.Is(err, errNoValue) {
		return err
	}
	current, err := r.value(ctx, master.Current)
	if err != nil {
		return err
	}
	next, err := k.next(current)
	if err != nil {
		return err
	}
	_, err = r.vault.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: &r.secret, ClientRequestToken: &r.version, SecretString: &next, VersionStages: []string{master.Pending},
	})
	return err
}

// finish makes the pending version the current one, and so the current one the previous. It tests it once more: whoever calls the
// function out of turn cannot leave the secret with a value that does not work.
func (r rotation) finish(ctx context.Context, k kind) error {
	unchanged, err := r.unchanged(ctx)
	if err != nil {
		return err
	}
	if unchanged {
		return errors.New("the pending value is the current one")
	}
	if err := k.test(ctx, r); err != nil {
		return err
	}
	return r.label(ctx, master.Current, r.version)
}

// label moves a label to a version.
func (r rotation) label(ctx context.Context, label, version string) error {
	in := &secretsmanager.UpdateSecretVersionStageInput{SecretId: &r.secret, VersionStage: &label, MoveToVersionId: &version}
	switch has := r.labelled(label); has {
	case version:
		return nil
	case "":
	default:
		in.RemoveFromVersionId = &has
	}
	_, err := r.vault.UpdateSecretVersionStage(ctx, in)
	return err
}

// labelled is the version that had a label when the step began, "" if none had.
func (r rotation) labelled(label string) string {
	for version, labels := range r.labels {
		if slices.Contains(labels, label) {
			return version
		}
	}
	return ""
}

// unchanged says that the pending value is the current one. Secrets Manager tries the function so when a schedule is set that does not rotate at
// once: it makes a pending version, has it tested and removes it (RotateSecret, RotateImmediately).
func (r rotation) unchanged(ctx context.Context) (bool, error) {
	pending, err := r.pending(ctx)
	if err != nil {
		return false, err
	}
	current, err := r.value(ctx, master.Current)
	return pending == current, err
}

// errNoValue is that of a version which has a label and no value yet.
var errNoValue = errors.New("the version has no value")

func (r rotation) pending(ctx context.Context) (string, error) {
	return r.ask(ctx, &secretsmanager.GetSecretValueInput{SecretId: &r.secret, VersionId: &r.version, VersionStage: aws.String(master.Pending)})
}

// value is that of the version with a label.
func (r rotation) value(ctx context.Context, label string) (string, error) {
	return r.ask(ctx, &secretsmanager.GetSecretValueInput{SecretId: &r.secret, VersionStage: &label})
}

func (r rotation) ask(ctx context.Context, in *secretsmanager.GetSecretValueInput) (string, error) {
	out, err := r.vault.GetSecretValue(ctx, in)
	if master.Missing(err) || err == nil && aws.ToString(out.SecretString) == "" {
		return "", errNoValue
	}
	if err != nil {
		return "", err
	}
	return *out.SecretString, nil
}
