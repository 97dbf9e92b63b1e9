package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"livechat.example/cloud/internal/master"
)

// event is what Secrets Manager calls the function with.
type event struct {
	Step     string
	SecretID string `json:"SecretId"`
	Token    string `json:"ClientRequestToken"` // the id of the version that is to be the current one
}

// vault is what is asked of Secrets Manager.
type vault interface {
	master.Vault
	DescribeSecret(context.Context, *secretsmanager.DescribeSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error)
	PutSecretValue(context.Context, *secretsmanager.PutSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error)
	UpdateSecretVersionStage(context.Context, *secretsmanager.UpdateSecretVersionStageInput, ...func(*secretsmanager.Options)) (*secretsmanager.UpdateSecretVersionStageOutput, error)
}

type rotator struct {
	vault vault
	ca    string // see master.Server
}

// kind is a sort of secret.
type kind interface {
	// next is a new value in the place of the current one.
	next(current string) (string, error)
	// set tells whoever checks the secret of the pending value.
	set(ctx context.Context, r rotation) error
	// test fails unless the pending value is one to go on with.
	test(ctx context.Context, r rotation) error
}

// kindOf tells a secret by its name, which nobody can change.
func (r rotator) kindOf(name string) (kind, error) {
	switch {
	case strings.HasSuffix(name, "/database/master"):
		return password{ca: r.ca}, nil
	case strings.HasSuffix(name, "/signing"):
		return signing{}, nil
	}
	return nil, fmt.Errorf("%s is no kind of secret that the rotator knows", name)
}

func (r rotator) handle(ctx context.Context, e event) error {
	err := r.step(ctx, e)
	if err != nil {
		log.Printf("%s of %s, version %s: %v", e.Step, e.SecretID, e.Token, err)
	} else {
		log.Printf("%s of %s, version %s: done", e.Step, e.SecretID, e.Token)
	}
	return err
}

func (r rotator) step(ctx context.Context, e event) error {
	secret, err := r.vault.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &e.SecretID})
	if err != nil {
		return err
	}
	kind, err := r.kindOf(aws.ToString(secret.Name))
	if err != nil {
		return err
	}
	if !aws.ToBool(secret.RotationEnabled) {
		return errors.New("the secret is not rotated")
	}
	rotation := rotation{vault: r.vault, secret: e.SecretID, version: e.Token, labels: secret.VersionIdsToStages}
	switch labels := rotation.labels[e.Token]; {
	case slices.Contains(labels, master.Current):
		return nil // it was finished
	case !slices.Contains(labels, master.Pending):
		return errors.New("the version is not the pending one")
	}
	switch e.Step {
	case "createSecret":
		return rotation.create(ctx, kind)
	case "setSecret":
		return kind.set(ctx, rotation)
	case "testSecret":
		return kind.test(ctx, rotation)
	case "finishSecret":
		return rotation.finish(ctx, kind)
	}
	return fmt.Errorf("there is no step %q", e.Step)
}
