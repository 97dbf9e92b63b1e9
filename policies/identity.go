package policies

var identityPolicies = []Policy{}
