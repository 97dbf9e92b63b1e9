package test

var identityMutations = []mutation{}
