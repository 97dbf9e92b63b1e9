package test

var keyMutations = []mutation{}
