package policies

var logPolicies = []Policy{}
