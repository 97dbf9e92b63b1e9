package endpoint

import "fmt"

// AgentAccounts are AWS's accounts that hold the image of GuardDuty's agent, by region ("ECR Repository for GuardDuty agent on
// AWS Fargate (Amazon ECS only)"). Every region that an environment may name must be among them.
var AgentAccounts = map[string]string{
	"ap-northeast-1": "533107202818",
	"ap-northeast-2": "914738172881",
	"ap-south-1":     "251508486986",
	"ap-southeast-1": "174946120834",
	"ap-southeast-2": "005257825471",
	"ca-central-1":   "354763396469",
	"eu-central-1":   "323658145986",
	"eu-north-1":     "591436053604",
	"eu-south-1":     "266869475730",
	"eu-west-1":      "694911143906",
	"eu-west-2":      "892757235363",
	"eu-west-3":      "665651866788",
	"sa-east-1":      "758426053663",
	"us-east-1":      "593207742271",
	"us-east-2":      "307168627858",
	"us-west-1":      "684579721401",
	"us-west-2":      "733349766148",
}

func agentAccount(region string) string {
	account, known := AgentAccounts[region]
	if !known {
		panic(fmt.Sprintf("endpoint.Props: Region %q: take the account of GuardDuty's agent there from its guide into AgentAccounts", region))
	}
	return account
}
