package test

var logMutations = []mutation{}
