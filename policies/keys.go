package policies

var keyPolicies = []Policy{}
