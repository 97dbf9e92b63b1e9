package stacks

import (
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"livechat.example/cloud/config"
	_ "livechat.example/cloud/internal/node" // the pinned Node, chosen before jsii starts
)

// Fault is what CDK, or one of our constructs, raised while the stacks were built: a defect of the program.
type Fault struct{ Message string }

func (f *Fault) Error() string { return f.Message }

// Synth writes an environment's assembly into dir, with the functions' code. dir must be empty: CDK leaves what it finds there. It returns a
// [Fault] of one line where CDK panics, and otherwise what CDK's own validator calls an error.
func Synth(env config.Environment, code Lambdas, dir string) error {
	if fault := build(env, code, dir); fault != nil {
		return fault
	}
	if err := code.stage(dir); err != nil {
		return &Fault{err.Error()}
	}
	return validated(dir)
}

// Close ends the Node that jsii started with the program, and removes what it unpacked. It is the last thing to do: closing
// jsii races with the end of its child, and tells that race on the standard error as a crash, so nothing is heard of from here on.
func Close() {
	if silent, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = silent
	}
	jsii.Close()
}

func build(env config.Environment, code Lambdas, dir string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Fault{"synthesizing " + env.Name + ": " + firstLine(fmt.Sprint(r))}
		}
	}()
	context := appContext(env)
	app := awscdk.NewApp(&awscdk.AppProps{
		Outdir:             new(dir),
		PostCliContext:     &context,
		AnalyticsReporting: new(false),
		AutoSynth:          new(false),
		StackTraces:        new(false),
		TreeMetadata:       new(false),
	})
	Build(app, env, code)
	app.Synth(nil)
	return nil
}

// firstLine is what a person can use of a jsii panic: the rest is a stack of JavaScript.
func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}
