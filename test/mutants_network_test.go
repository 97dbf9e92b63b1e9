package test

var networkMutations = []mutation{}
