package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	metrics "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// question is what the schedule calls the function with.
type question struct {
	Secrets  []string `json:"secrets"`  // names
	Prefixes []string `json:"prefixes"` // of names; the oldest of each is told
}

// vault is what is asked of Secrets Manager: dates.
type vault interface {
	secretsmanager.ListSecretVersionIdsAPIClient
	secretsmanager.ListSecretsAPIClient
}

// meter takes what is measured.
type meter interface {
	PutMetricData(context.Context, *cloudwatch.PutMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.PutMetricDataOutput, error)
}

type teller struct {
	vault vault
	meter meter
	now   func() time.Time
}

// The metric, as the alarms name it.
const (
	namespace = "LiveChat/Secrets"
	metric    = "SecretAgeDays"
	dimension = "Secret"
)

// tell measures all that it can. What it cannot is an error, and missing from the metric, which alarms.
func (t teller) tell(ctx context.Context, q question) error {
	var faults []error
	tell := func(name string, since func(context.Context, string) (time.Time, error)) {
		made, err := since(ctx, name)
		if err == nil {
			err = t.put(ctx, name, t.now().Sub(made).Hours()/24)
		}
		if err != nil {
			log.Printf("%s: %v", name, err)
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	for _, secret := range q.Secrets {
		tell(secret, t.current)
	}
	for _, prefix := range q.Prefixes {
		tell(prefix, t.oldest)
	}
	return errors.Join(faults...)
}

func (t teller) put(ctx context.Context, name string, days float64) error {
	log.Printf("%s: %.1f days old", name, days)
	_, err := t.meter.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: aws.String(namespace), MetricData: []metrics.MetricDatum{{
		MetricName: aws.String(metric), Value: &days,
		Dimensions: []metrics.Dimension{{Name: aws.String(dimension), Value: &name}},
	}}})
	return err
}

// current is when the current version of a secret was made. The secret's own date changes with its description, too.
func (t teller) current(ctx context.Context, secret string) (time.Time, error) {
	pages := secretsmanager.NewListSecretVersionIdsPaginator(t.vault, &secretsmanager.ListSecretVersionIdsInput{SecretId: &secret})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return time.Time{}, err
		}
		for _, v := range page.Versions {
			if slices.Contains(v.VersionStages, "AWSCURRENT") && v.CreatedDate != nil {
				return *v.CreatedDate, nil
			}
		}
	}
	return time.Time{}, errors.New("it has no current version")
}

// oldest is when the one was last rotated, or made, that waits the longest of those under a prefix. If there are none, nothing is old.
func (t teller) oldest(ctx context.Context, prefix string) (time.Time, error) {
	oldest := t.now()
	pages := secretsmanager.NewListSecretsPaginator(t.vault, &secretsmanager.ListSecretsInput{
		Filters: []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{prefix}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return oldest, err
		}
		for _, s := range page.SecretList {
			for _, since := range []*time.Time{s.LastRotatedDate, s.CreatedDate} {
				if since != nil {
					if since.Before(oldest) {
						oldest = *since
					}
					break
				}
			}
		}
	}
	return oldest, nil
}
