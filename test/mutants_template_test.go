package test

var templateMutations = []mutation{}
