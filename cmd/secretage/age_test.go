package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/stretchr/testify/assert"
)

var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func ago(days int) *time.Time { return new(today.AddDate(0, 0, -days)) }

type account map[string][]types.SecretVersionsListEntry

func (a account) ListSecretVersionIds(_ context.Context, in *secretsmanager.ListSecretVersionIdsInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretVersionIdsOutput, error) {
	versions, is := a[*in.SecretId]
	if !is {
		return nil, errors.New("no such secret")
	}
	if in.NextToken == nil { // one a page
		return &secretsmanager.ListSecretVersionIdsOutput{Versions: versions[:1], NextToken: new("more")}, nil
	}
	return &secretsmanager.ListSecretVersionIdsOutput{Versions: versions[1:]}, nil
}

// ListSecrets lists partners' keys: one never rotated, one rotated since, each on a page.
func (a account) ListSecrets(_ context.Context, in *secretsmanager.ListSecretsInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretsOutput, error) {
	if !strings.HasPrefix(in.Filters[0].Values[0], "livechat-test/partner/") {
		return &secretsmanager.ListSecretsOutput{}, nil
	}
	if in.NextToken == nil {
		return &secretsmanager.ListSecretsOutput{SecretList: []types.SecretListEntry{{CreatedDate: ago(400), LastRotatedDate: ago(10)}}, NextToken: new("more")}, nil
	}
	return &secretsmanager.ListSecretsOutput{SecretList: []types.SecretListEntry{{CreatedDate: ago(40)}}}, nil
}

type told map[string]float64

func (m told) PutMetricData(_ context.Context, in *cloudwatch.PutMetricDataInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.PutMetricDataOutput, error) {
	for _, d := range in.MetricData {
		m[*in.Namespace+" "+*d.MetricName+" "+*d.Dimensions[0].Name+" "+*d.Dimensions[0].Value] = *d.Value
	}
	return nil, nil
}

func TestTheAgeIsThatOfTheCurrentValueAndOfTheOneThatWaitsTheLongest(t *testing.T) {
	known := account{"livechat-test/llm/openai": {
		{CreatedDate: ago(300), VersionStages: []string{"AWSPREVIOUS"}}, {CreatedDate: ago(91), VersionStages: []string{"AWSCURRENT"}},
	}, "livechat-test/llm/new": {{CreatedDate: ago(1)}}}
	m := told{}
	tell := teller{known, m, func() time.Time { return today }}
	assert.NoError(t, tell.tell(t.Context(), question{[]string{"livechat-test/llm/openai"}, []string{"livechat-test/partner/", "livechat-test/nobody/"}}))
	assert.Equal(t, told{
		"LiveChat/Secrets SecretAgeDays Secret livechat-test/llm/openai": 91,
		"LiveChat/Secrets SecretAgeDays Secret livechat-test/partner/":   40,
		"LiveChat/Secrets SecretAgeDays Secret livechat-test/nobody/":    0,
	}, m)

	m = told{}
	err := teller{known, m, func() time.Time { return today }}.tell(t.Context(),
		question{[]string{"livechat-test/llm/gone", "livechat-test/llm/new", "livechat-test/llm/openai"}, nil})
	assert.ErrorContains(t, err, "livechat-test/llm/gone: no such secret")
	assert.ErrorContains(t, err, "livechat-test/llm/new: it has no current version")
	assert.Len(t, m, 1, "one that cannot be told hides no other")
}
