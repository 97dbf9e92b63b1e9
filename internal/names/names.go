// Package names computes the names by which the identity stack and the bootstrap, which is there before any stack, know each other.
package names

// GlobalRegion is where the services that have one home live: IAM, CloudFront, Route 53, the trail.
const GlobalRegion = "us-east-1"

// Prefix starts the name of everything in an environment's account that AWS lets us name.
func Prefix(environment string) string { return "livechat-" + environment }

// Role is the name of a role of the estate.
func Role(environment, role string) string { return Prefix(environment) + "-" + role }

// Boundary is the name of the policy that no role of the estate exceeds.
func Boundary(environment string) string { return Prefix(environment) + "-boundary" }

// MasterSecret is the name of the secret that holds the password of the database's master.
func MasterSecret(environment string) string { return Prefix(environment) + "/database/master" }

// Deployers are the roles that deploy or compare, and the kinds of the bootstrap's roles that each assumes. Both ends read it:
// the roles' own policies, and the trust of the bootstrap's roles.
var Deployers = map[string][]string{
	"ci-deploy": {"deploy", "file-publishing", "lookup"},
	"ci-diff":   {"lookup"},
	"operator":  {"deploy", "file-publishing", "lookup"},
}

// DeployedTo are the regions that have stacks: the environment's, and the global one first.
func DeployedTo(regions []string) []string {
	all := []string{GlobalRegion}
	for _, r := range regions {
		if r != GlobalRegion {
			all = append(all, r)
		}
	}
	return all
}
