package policies

var networkPolicies = []Policy{}
