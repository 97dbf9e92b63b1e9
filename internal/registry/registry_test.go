package registry

import (
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// said is a record as CloudFormation hands it on: its numbers are texts.
func said() map[string]any {
	return map[string]any{
		"Name": "Acme Corporation", "Tier": "business", "Residency": "eu", "Contact": "security@acme.example", "CommonName": "acme",
		"AllowedAddresses": []any{"198.51.100.0/26", "2001:db8:ac0e::/48"}, "SDKDomains": []any{"www.acme.example"},
		"RequestsPerSecond": "20", "Burst": "40", "RequestsPerMonth": "500000", "RetentionDays": 30,
		"ReviewedOn": "2026-11-03", "SigningSecretName": "livechat-dev/partner/acme/signing",
	}
}

func with(name string, value any) map[string]any {
	record := said()
	record[name] = value
	return record
}

func without(names ...string) map[string]any {
	record := said()
	maps.DeleteFunc(record, func(name string, _ any) bool {
		for _, n := range names {
			if n == name {
				return true
			}
		}
		return false
	})
	return record
}

func TestARecordIsReadWhole(t *testing.T) {
	p, err := Decode("acme", said())
	require.NoError(t, err)
	assert.Equal(t, Partner{
		ID: "acme", Name: "Acme Corporation", Tier: "business", Residency: "eu", Contact: "security@acme.example", CommonName: "acme",
		AllowedAddresses: []string{"198.51.100.0/26", "2001:db8:ac0e::/48"}, SDKDomains: []string{"www.acme.example"},
		RequestsPerSecond: 20, Burst: 40, RequestsPerMonth: 500_000, RetentionDays: 30,
		ReviewedOn: "2026-11-03", SigningSecretName: "livechat-dev/partner/acme/signing",
	}, p)
}

func TestWhatCouldNotBeMeantIsRefused(t *testing.T) {
	own := func(subject, sum string) map[string]any {
		record := without("CommonName")
		record["AuthoritySubject"], record["AuthoritySHA256"] = subject, sum
		return record
	}
	const sum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	_, err := Decode("acme", own("CN=Acme Root", sum))
	require.NoError(t, err, "a CA of his own")
	_, err = Decode("acme", without("AllowedAddresses"))
	require.NoError(t, err, "any address")

	for says, record := range map[string]map[string]any{
		"a record has no Tenant":                         with("Tenant", "acme"),
		"a record has no tier":                           with("tier", "enterprise"),
		"needs the text Tier":                            without("Tier"),
		"needs the text Contact":                         with("Contact", []any{"a@b.example"}),
		"needs the number Burst":                         with("Burst", "many"),
		"needs the number RetentionDays":                 without("RetentionDays"),
		"SDKDomains is a list of texts":                  with("SDKDomains", "www.acme.example"),
		"AllowedAddresses is a list of texts":            with("AllowedAddresses", []any{1}),
		"an e-mail address as contact":                   with("Contact", "acme"),
		"is another's":                                   with("SigningSecretName", "livechat-dev/partner/fjord/signing"),
		"the rate of 0 a second":                         with("RequestsPerSecond", "0"),
		"19 at once":                                     with("Burst", "19"),
		"-1 a month":                                     with("RequestsPerMonth", "-1"),
		"a retention of 2556 days":                       with("RetentionDays", "2556"),
		"which is no day":                                with("ReviewedOn", "yesterday"),
		`"0.0.0.0/0" is no block`:                        with("AllowedAddresses", []any{"0.0.0.0/0"}),
		`"198.51.100.1/26" is no block`:                  with("AllowedAddresses", []any{"198.51.100.1/26"}),
		`"2001:db8::/32" is no block`:                    with("AllowedAddresses", []any{"2001:db8::/32"}),
		"no domain embeds":                               without("SDKDomains"),
		`"*.acme.example" is no host`:                    with("SDKDomains", []any{"*.acme.example"}),
		"pins neither his own name":                      with("CommonName", "fjord"),
		"acme: pins neither":                             without("CommonName"),
		"nor a CA of his own alone":                      with("AuthoritySHA256", sum),
		"pins neither his own name under":                own("CN=Acme Root", "123"),
		"the environment's CA nor a CA of his own alone": own("CN=Acme Root", sum+"00"),
	} {
		_, err := Decode("acme", record)
		assert.ErrorContains(t, err, says)
	}
	_, err = Decode("../acme", said())
	assert.ErrorContains(t, err, "is no partner's id")
}

func TestAnItemHasWhatTheRecordSaysAndNothingEmpty(t *testing.T) {
	p, err := Decode("acme", without("AllowedAddresses"))
	require.NoError(t, err)
	item := p.Item("stack/Acme")
	assert.Equal(t, text("partner#acme"), item[PartitionKey])
	assert.Equal(t, text("record"), item[SortKey])
	assert.Equal(t, text("partner"), item[Kind])
	assert.Equal(t, text("stack/Acme"), item[Resource])
	assert.Equal(t, &types.AttributeValueMemberN{Value: "500000"}, item["requestsPerMonth"])
	assert.Equal(t, list(nil), item["allowedAddresses"])
	assert.Equal(t, list([]string{"www.acme.example"}), item["sdkDomains"])
	assert.NotContains(t, item, "authoritySubject")
	assert.NotContains(t, item, Expires, "a record does not end")
	assert.Len(t, item, 18)
}

func TestWhatIsRevokedOfAPartnerLiesTogetherAndApartFromRecords(t *testing.T) {
	assert.Equal(t, Key{"revoked#acme", "partner"}, RevokedPartner("acme"))
	assert.Equal(t, Key{"revoked#acme", "token#t1"}, RevokedToken("acme", "t1"))
	assert.Equal(t, Key{"revoked#acme", "certificate#c0ffee"}, RevokedCertificate("acme", "c0ffee"))
	assert.Equal(t, Item{"pk": text("partner#acme"), "sk": text("record")}, RecordOf("acme").Attributes())
}
