package policies

var estatePolicies = []Policy{}
