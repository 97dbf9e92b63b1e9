package policies

var templatePolicies = []Policy{}
