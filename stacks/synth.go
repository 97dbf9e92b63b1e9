package stacks

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
)

// Synth writes an environment's assembly into dir, which should be empty: CDK leaves what it finds there.
//
// A fault that CDK or one of our constructs raises comes back as an error of one line.
func Synth(env config.Environment, dir string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("synthesizing %s: %s", env.Name, firstLine(fmt.Sprint(r)))
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
	Build(app, env)
	app.Synth(nil)
	return nil
}

// firstLine is what a person can use of a jsii panic: the rest is a stack of JavaScript.
func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}
