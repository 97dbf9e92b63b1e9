package template_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/template"
)

// TestIntrinsicsResolveToWhatCloudFormationDeploys holds each function to the examples of the CloudFormation template
// reference.
func TestIntrinsicsResolveToWhatCloudFormationDeploys(t *testing.T) {
	for name, c := range map[string]struct{ expression, want string }{
		"plain text":               {`"x"`, `x`},
		"plain nesting":            {`{"a": [1, true, {"b": "c"}]}`, `{"a":[1,true,{"b":"c"}]}`},
		"Ref region":               {`{"Ref": "AWS::Region"}`, `eu-west-1`},
		"Ref account":              {`{"Ref": "AWS::AccountId"}`, account},
		"Ref partition":            {`{"Ref": "AWS::Partition"}`, `aws`},
		"Ref suffix":               {`{"Ref": "AWS::URLSuffix"}`, `amazonaws.com`},
		"Ref stack name":           {`{"Ref": "AWS::StackName"}`, `dev-eu-west-1-data`},
		"Ref stack id":             {`{"Ref": "AWS::StackId"}`, `${dev-eu-west-1-data/AWS::StackId.Ref}`},
		"Ref parameter":            {`{"Ref": "Size"}`, `large`},
		"Ref number":               {`{"Ref": "Count"}`, `3`},
		"Ref list":                 {`{"Ref": "Subnets"}`, `["a","b","c"]`},
		"Ref named":                {`{"Ref": "Named"}`, `chat-111122223333`},
		"Ref unnamed":              {`{"Ref": "Unnamed"}`, `${dev-eu-west-1-data/Unnamed.Ref}`},
		"NoValue in a map":         {`{"a": 1, "b": {"Ref": "AWS::NoValue"}}`, `{"a":1}`},
		"NoValue in a list":        {`[1, {"Ref": "AWS::NoValue"}, 2]`, `[1,2]`},
		"GetAtt list":              {`{"Fn::GetAtt": ["Named", "Arn"]}`, `arn:aws:s3:::chat-111122223333`},
		"GetAtt text":              {`{"Fn::GetAtt": "Unnamed.Arn"}`, `${dev-eu-west-1-data/Unnamed.Arn}`},
		"GetAtt deep":              {`{"Fn::GetAtt": "Firewall.Some.Deep.Thing"}`, `${dev-eu-west-1-data/Firewall.Some.Deep.Thing}`},
		"GetAtt by Ref":            {`{"Fn::GetAtt": ["Vpc", {"Fn::Sub": "CidrBlock"}]}`, `10.0.0.0/16`},
		"GetAtt id is Ref":         {`{"Fn::GetAtt": "Vpc.VpcId"}`, `${dev-eu-west-1-data/Vpc.Ref}`},
		"Sub":                      {`{"Fn::Sub": "${AWS::Region}/${Size}/${Vpc.CidrBlock}/${Named}"}`, `eu-west-1/large/10.0.0.0/16/chat-111122223333`},
		"Sub with map":             {`{"Fn::Sub": ["${A}-${A}-${Size}", {"A": {"Ref": "AWS::Region"}}]}`, `eu-west-1-eu-west-1-large`},
		"Sub literal":              {`{"Fn::Sub": "${!aws:username} ${!Size}"}`, `${aws:username} ${Size}`},
		"Sub unclosed":             {`{"Fn::Sub": "a${Size"}`, `a${Size`},
		"Sub token":                {`{"Fn::Sub": "arn:aws:s3:::${Unnamed}/*"}`, `arn:aws:s3:::${dev-eu-west-1-data/Unnamed.Ref}/*`},
		"Join":                     {`{"Fn::Join": [":", ["a", "b", "c"]]}`, `a:b:c`},
		"Join of a list parameter": {`{"Fn::Join": ["-", {"Ref": "Subnets"}]}`, `a-b-c`},
		"Join without NoValue":     {`{"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}, "c"]]}`, `a-c`},
		"Join numbers":             {`{"Fn::Join": ["", ["a", 1, true]]}`, `a1true`},
		"Select":                   {`{"Fn::Select": ["1", ["apples", "grapes", "oranges"]]}`, `grapes`},
		"Select number":            {`{"Fn::Select": [0, {"Ref": "Subnets"}]}`, `a`},
		"Select an object":         {`{"Fn::Select": [0, [{"a": 1}]]}`, `{"a":1}`},
		"Split":                    {`{"Fn::Split": ["|", "a|b|c"]}`, `["a","b","c"]`},
		"Split keeps empty parts":  {`{"Fn::Split": ["|", "a||c|"]}`, `["a","","c",""]`},
		"Select of Split":          {`{"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Named", "Arn"]}]}]}`, `chat-111122223333`},
		"firewall endpoint":        {`{"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Select": [0, {"Fn::GetAtt": ["Firewall", "EndpointIds"]}]}]}]}`, `${dev-eu-west-1-data/Firewall.EndpointIds.0.split(:).1}`},
		"firewall endpoints":       {`{"Fn::GetAtt": ["Firewall", "EndpointIds"]}`, `["${dev-eu-west-1-data/Firewall.EndpointIds.0}"]`},
		"part of a token":          {`{"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["Unnamed", "Arn"]}]}]}`, `${dev-eu-west-1-data/Unnamed.Arn.split(/).2}`},
		"If true":                  {`{"Fn::If": ["Large", "a", "b"]}`, `a`},
		"If false":                 {`{"Fn::If": ["Small", "a", {"Ref": "Size"}]}`, `large`},
		"If removes":               {`{"a": {"Fn::If": ["Small", "a", {"Ref": "AWS::NoValue"}]}, "b": 1}`, `{"b":1}`},
		"If same either way":       {`{"Fn::If": ["Open", "a", "a"]}`, `a`},
		"Or with one true":         {`{"Fn::If": ["LargeOrOpen", "a", "b"]}`, `a`},
		"And with one false":       {`{"Fn::If": ["SmallAndOpen", "a", "b"]}`, `b`},
		"FindInMap":                {`{"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "name"]}`, `Ireland`},
		"FindInMap list":           {`{"Fn::FindInMap": ["Regions", "eu-west-1", "zones"]}`, `["a","b"]`},
		"FindInMap default":        {`{"Fn::FindInMap": ["Regions", "us-east-1", "name", {"DefaultValue": {"Ref": "Size"}}]}`, `large`},
		"ImportValue":              {`{"Fn::ImportValue": "dev-eu-west-1-data-bucket"}`, `chat-111122223333`},
		"GetStackOutput":           {`{"Fn::GetStackOutput": {"StackName": "dev-us-east-1-edge", "Region": "us-east-1", "OutputName": "Id"}}`, `${dev-us-east-1-edge/Distribution.Ref}`},
		"GetStackOutput here":      {`{"Fn::GetStackOutput": {"StackName": "dev-eu-west-1-data", "OutputName": "Own"}}`, `chat-111122223333`},
		"Cidr":                     {`{"Fn::Cidr": ["192.168.0.0/24", "6", "5"]}`, `["192.168.0.0/27","192.168.0.32/27","192.168.0.64/27","192.168.0.96/27","192.168.0.128/27","192.168.0.160/27"]`},
		"Cidr of a VPC":            {`{"Fn::Select": [1, {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, 2, 8]}]}`, `10.0.1.0/24`},
		"Cidr IPv6":                {`{"Fn::Cidr": ["2001:db8::/56", 2, 64]}`, `["2001:db8::/64","2001:db8:0:1::/64"]`},
		"Base64":                   {`{"Fn::Base64": "Ada Lovelace"}`, `QWRhIExvdmVsYWNl`},
		"ToJsonString":             {`{"Fn::ToJsonString": {"a": ["<b>", {"Ref": "Size"}]}}`, `{"a":["<b>","large"]}`},
		"Length":                   {`{"Fn::Length": {"Ref": "Subnets"}}`, `3`},
		"dynamic reference":        {`"{{resolve:secretsmanager:chat/db:SecretString:password}}"`, `{{resolve:secretsmanager:chat/db:SecretString:password}}`},
		"a name in a deeper path":  {`{"Policy": {"Resource": [{"Fn::Join": ["", [{"Fn::GetAtt": ["Named", "Arn"]}, "/*"]]}]}}`, `{"Policy":{"Resource":["arn:aws:s3:::chat-111122223333/*"]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			v := evaluated(t, c.expression)
			assert.False(t, v.HasUnknown(), v.Why())
			assert.Equal(t, c.want, v.String())
		})
	}
}

// TestWhatCannotBeResolvedIsUnknownAndSaysWhy holds that nothing is guessed.
func TestWhatCannotBeResolvedIsUnknownAndSaysWhy(t *testing.T) {
	for name, c := range map[string]struct{ expression, why string }{
		"parameter":                    {`{"Ref": "Given"}`, "parameter Given is given at deploy"},
		"hidden parameter":             {`{"Ref": "Hidden"}`, "parameter Hidden is hidden"},
		"parameter of SSM":             {`{"Ref": "Looked"}`, "parameter Looked is looked up at deploy"},
		"no such thing":                {`{"Ref": "Nobody"}`, "Ref Nobody: neither a parameter nor a resource"},
		"pseudo":                       {`{"Ref": "AWS::NotificationARNs"}`, "AWS::NotificationARNs is known at deploy"},
		"Ref of nothing":               {`{"Ref": ["x"]}`, "Ref names nothing"},
		"GetAtt of what is missing":    {`{"Fn::GetAtt": ["Nobody", "Arn"]}`, "Fn::GetAtt Nobody: there is no such resource"},
		"GetAtt without attribute":     {`{"Fn::GetAtt": "Named"}`, "Fn::GetAtt Named: the attribute cannot be resolved"},
		"Ref of what is never created": {`{"Ref": "Never"}`, "Ref Never: neither a parameter nor a resource"},
		"Ref of what may not exist":    {`{"Ref": "Maybe"}`, "Maybe may not exist: parameter Given is given at deploy"},
		"Sub over unknown":             {`{"Fn::Sub": "a-${Given}"}`, "parameter Given is given at deploy"},
		"Sub over a list":              {`{"Fn::Sub": "a-${Subnets}"}`, "Fn::Sub: ${Subnets} is not text"},
		"Join over unknown":            {`{"Fn::Join": ["", ["a", {"Ref": "Given"}]]}`, "parameter Given is given at deploy"},
		"Join of an object":            {`{"Fn::Join": ["", [{"a": 1}]]}`, "Fn::Join: an element is not text"},
		"Select beyond":                {`{"Fn::Select": [3, {"Ref": "Subnets"}]}`, "Fn::Select: the list has no element 3"},
		"Select by unknown":            {`{"Fn::Select": [{"Ref": "Given"}, ["a"]]}`, "parameter Given is given at deploy"},
		"Select negative":              {`{"Fn::Select": [-1, ["a"]]}`, "Fn::Select: the number cannot be resolved"},
		"endpoint of two":              {`{"Fn::Select": [0, {"Fn::GetAtt": ["Wide", "EndpointIds"]}]}`, "the endpoints of dev-eu-west-1-data/Wide are in no order, and it is not known to have just one"},
		"endpoint of none":             {`{"Fn::Select": [0, {"Fn::GetAtt": ["Bare", "EndpointIds"]}]}`, "the endpoints of dev-eu-west-1-data/Bare are in no order, and it is not known to have just one"},
		"second endpoint of one":       {`{"Fn::Select": [1, {"Fn::GetAtt": ["Firewall", "EndpointIds"]}]}`, "Fn::Select: the list has no element 1"},
		"Split around a token":         {`{"Fn::Split": ["-", {"Fn::Sub": "a-${Unnamed}"}]}`, "Fn::Split of a-${dev-eu-west-1-data/Unnamed.Ref}"},
		"If":                           {`{"Fn::If": ["Open", "a", "b"]}`, "Fn::If: parameter Given is given at deploy"},
		"If over And":                  {`{"Fn::If": ["LargeAndOpen", "a", "b"]}`, "Fn::If: parameter Given is given at deploy"},
		"If of nothing":                {`{"Fn::If": ["Nowhere", "a", "b"]}`, "Fn::If: there is no condition Nowhere"},
		"If in a circle":               {`{"Fn::If": ["Circle", "a", "b"]}`, "Fn::If: condition Circle depends on itself"},
		"FindInMap":                    {`{"Fn::FindInMap": ["Regions", "us-east-1", "name"]}`, "Fn::FindInMap: there is no Regions.us-east-1.name"},
		"FindInMap by unknown":         {`{"Fn::FindInMap": ["Regions", {"Ref": "Given"}, "name"]}`, "parameter Given is given at deploy"},
		"import from another region":   {`{"Fn::ImportValue": "edge-id"}`, "Fn::ImportValue edge-id: no stack of eu-west-1 exports it"},
		"import of what is not given":  {`{"Fn::ImportValue": "none"}`, "Fn::ImportValue none: no stack of eu-west-1 exports it"},
		"output in the wrong region":   {`{"Fn::GetStackOutput": {"StackName": "dev-us-east-1-edge", "OutputName": "Id"}}`, "Fn::GetStackOutput: there is no stack dev-us-east-1-edge in eu-west-1"},
		"output a stack does not have": {`{"Fn::GetStackOutput": {"StackName": "dev-eu-west-1-data", "OutputName": "Nope"}}`, "Fn::GetStackOutput: stack dev-eu-west-1-data has no output Nope"},
		"output that does not exist":   {`{"Fn::GetStackOutput": {"StackName": "dev-eu-west-1-data", "OutputName": "None"}}`, "output dev-eu-west-1-data/None does not exist: condition Small is false"},
		"output of another account":    {`{"Fn::GetStackOutput": {"StackName": "dev-eu-west-1-data", "OutputName": "Own", "RoleArn": "arn:aws:iam::999999999999:role/reader"}}`, "Fn::GetStackOutput: there is no stack dev-eu-west-1-data in eu-west-1"},
		"Cidr that does not fit":       {`{"Fn::Cidr": ["10.0.0.0/24", 5, 6]}`, "Fn::Cidr: 5 blocks of 6 host bits do not fit 10.0.0.0/24"},
		"Cidr without host bits":       {`{"Fn::Cidr": ["10.0.0.0/24", 5]}`, "Fn::Cidr takes a block, a count and the host bits"},
		"Cidr of an address inside":    {`{"Fn::Cidr": ["10.0.0.1/24", 5, 4]}`, `Fn::Cidr: "10.0.0.1/24" is no address block`},
		"Cidr of text":                 {`{"Fn::Cidr": ["Ireland", 1, 8]}`, `Fn::Cidr: "Ireland" is no address block`},
		"Base64 of a token":            {`{"Fn::Base64": {"Ref": "Unnamed"}}`, "Fn::Base64 of what is known at deploy"},
		"ToJsonString of unknown":      {`{"Fn::ToJsonString": {"a": {"Ref": "Given"}}}`, "parameter Given is given at deploy"},
		"zones":                        {`{"Fn::GetAZs": ""}`, "Fn::GetAZs is resolved at deploy"},
		"macro":                        {`{"Fn::Transform": {"Name": "M"}}`, "Fn::Transform is resolved at deploy"},
		"function of tomorrow":         {`{"Fn::Tomorrow": []}`, "Fn::Tomorrow is resolved at deploy"},
		"function beside keys":         {`{"a": 1, "Fn::Transform": {"Name": "M"}}`, "Fn:: beside other keys is resolved at deploy"},
		"itself":                       {`{"Fn::GetAtt": ["Subject", "X"]}`, "dev-eu-west-1-data/Subject.X depends on itself"},
	} {
		t.Run(name, func(t *testing.T) {
			v := evaluated(t, c.expression)
			assert.True(t, v.Unknown(), v.String())
			assert.Equal(t, c.why, v.Why())
		})
	}
}

func TestOneUnknownElementLeavesTheRestKnown(t *testing.T) {
	v := evaluated(t, `{"Names": ["a", {"Ref": "Given"}], "Size": {"Ref": "Size"}}`)
	assert.False(t, v.Unknown())
	assert.True(t, v.HasUnknown())
	assert.Equal(t, "large", v.Get("Size").Text())
	assert.Equal(t, "a", v.Get("Names.0").Text())
	assert.True(t, v.Get("Names.1").Unknown())
	assert.True(t, v.Get("Names.1.deeper").Unknown(), "inside what is unknown, everything is")
	assert.Empty(t, v.Get("Names.1").Text())
	assert.Len(t, v.Get("Names.1").List(), 1, "a loop meets what is unknown")
}

// TestOutputsThatLeadToEachOtherAreUnknown: two stacks that take from each other cannot be deployed, nor resolved.
func TestOutputsThatLeadToEachOtherAreUnknown(t *testing.T) {
	output := func(from string) string {
		return `{"Resources": {"A": {"Type": "T", "Properties": {"V": {"Fn::GetStackOutput": {"StackName": "` + from + `", "OutputName": "V"}}}}},
			"Outputs": {"V": {"Value": {"Fn::GetStackOutput": {"StackName": "` + from + `", "OutputName": "V"}}}}}`
	}
	e := template.New(stack(t, "a", output("dev-eu-west-1-b")), stack(t, "b", output("dev-eu-west-1-a")))
	for r := range e.All() {
		assert.Contains(t, r.Get("V").Why(), "depends on itself")
	}
}

func TestATemplateThatAMacroRewritesIsUnknownAltogether(t *testing.T) {
	e := template.New(stack(t, "a", `{"Transform": "AWS::Serverless-2016-10-31", "Resources": {"A": {"Type": "T", "Properties": {"V": "x"}}}}`))
	assert.Contains(t, e.Resource("dev-eu-west-1-a", "A").Get("V").Why(), "AWS::Serverless-2016-10-31")

	e = template.New(stack(t, "a", `{"Transform": ["AWS::LanguageExtensions"], "Resources": {"A": {"Type": "T", "Properties": {"V": "x"}}}}`))
	assert.Equal(t, "x", e.Resource("dev-eu-west-1-a", "A").Get("V").Text())
}

func TestAResourceExistsAsFarAsItsConditionIsTrue(t *testing.T) {
	e := template.New(stack(t, "a", `{
		"Parameters": {"Given": {"Type": "String"}},
		"Conditions": {"No": {"Fn::Equals": ["a", "b"]}, "Open": {"Fn::Equals": [{"Ref": "Given"}, "b"]}},
		"Resources": {
			"Never": {"Type": "T", "Condition": "No", "Properties": {"V": "x"}},
			"Maybe": {"Type": "T", "Condition": "Open", "Properties": {"V": "x"}},
			"Typo": {"Type": "T", "Condition": "Ope", "Properties": {"V": "x"}},
			"Sure": {"Type": "T", "Properties": {"V": "x"}}
		}}`))
	var ids []string
	for r := range e.All("T") {
		ids = append(ids, r.ID)
	}
	assert.Equal(t, []string{"Maybe", "Sure", "Typo"}, ids)
	assert.Nil(t, e.Resource("dev-eu-west-1-a", "Never"))
	assert.True(t, e.Resource("dev-eu-west-1-a", "Maybe").Get("V").Unknown(), "what may not exist proves nothing")
	assert.Contains(t, e.Resource("dev-eu-west-1-a", "Typo").Get("V").Why(), "there is no condition Ope")
}

// TestTextBombsEndAsUnknown: forty doublings of a text would be a terabyte.
func TestTextBombsEndAsUnknown(t *testing.T) {
	expression := `"0123456789"`
	for range 40 {
		expression = `{"Fn::Sub": ["${A}${A}", {"A": ` + expression + `}]}`
	}
	assert.Equal(t, "more text than a template can hold", evaluated(t, expression).Why())

	expression = `""`
	for range 100 {
		expression = `{"Fn::Sub": ["${A}${A}${A}", {"A": ` + expression + `}]}`
	}
	assert.Equal(t, "", evaluated(t, expression).Why(), "an empty text stays empty, and is worked out once")
}
