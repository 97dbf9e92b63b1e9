package intent

import (
	"slices"

	"livechat.example/cloud/policies/template"
)

// The services that run as ECS tasks: in every region, so that any can take over, and in the primary alone. A secondary database
// forwards neither a call of a function of ours nor a change of the schema ("Using write forwarding in an Aurora PostgreSQL global
// database", Application and SQL compatibility).
var (
	everywhere = []string{"gate", "chat", "dashboard", "llm"}
	inPrimary  = []string{"worker", "migrate"}
)

// ServicesOf returns those of a stack's region.
func ServicesOf(s *template.Stack) []string {
	if InPrimary(s) {
		return slices.Concat(everywhere, inPrimary)
	}
	return everywhere
}

// ServiceRole returns the name of a service's role in a region, of a stack's environment.
func ServiceRole(s *template.Stack, region, service string) string {
	return "livechat-" + s.Environment + "-" + region + "-" + service
}

// ServiceOfRole returns the service whose role it is, in the region of its stack; "" if it is none's.
func ServiceOfRole(role *template.Resource) string {
	for _, service := range ServicesOf(role.Stack) {
		if role.Get("RoleName").Is(ServiceRole(role.Stack, role.Stack.Region, service)) {
			return service
		}
	}
	return ""
}

// TasksPrincipal is the service that takes up the roles of tasks.
const TasksPrincipal = "ecs-tasks.amazonaws.com"
