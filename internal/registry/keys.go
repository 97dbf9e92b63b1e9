// Package registry is the shape of what the registry's table holds: a record for each partner, and revocations.
//
// What reads it finds all that it needs by key, so nobody scans: a partner's record, whether the partner, a token or a certificate
// of his is revoked, and all that of a partner is revoked. The worker asks the one index for every partner.
package registry

// The attributes that keys are made of, the one that a revocation ends by, and the index of the partners' records.
const (
	PartitionKey = "pk"
	SortKey      = "sk"
	Kind         = "kind"
	Expires      = "expires" // of revocations alone: seconds since 1970, after which DynamoDB deletes the item
	Partners     = "partners"
)

// Key is an item's.
type Key struct{ Partition, Sort string }

// PartnerPrefix begins the partition key of every record, and of nothing else: by it the registrar's role is held to records.
const PartnerPrefix = "partner#"

// RecordOf is where a partner's record is.
func RecordOf(partner string) Key { return Key{PartnerPrefix + partner, "record"} }

// What is revoked of a partner lies in one partition, so that a gate learns all of it at once. A token's id is unique to the partner
// who signed it, not to the world.
const revokedPrefix = "revoked#"

// RevokedPartner is where it is said that nothing of a partner counts any more.
func RevokedPartner(partner string) Key { return Key{revokedPrefix + partner, "partner"} }

// RevokedToken is where one token is revoked, by its id (jti).
func RevokedToken(partner, id string) Key { return Key{revokedPrefix + partner, "token#" + id} }

// RevokedCertificate is where one certificate is revoked, by its SHA-256 in hexadecimal.
func RevokedCertificate(partner, sha256 string) Key {
	return Key{revokedPrefix + partner, "certificate#" + sha256}
}
