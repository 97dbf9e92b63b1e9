package intent

import "livechat.example/cloud/policies/template"

// taskServices are the services that run as ECS tasks in every region, so that any can take over, and last the one that
// the primary alone runs, whose database alone can be migrated.
var taskServices = []string{"gate", "chat", "dashboard", "llm", "worker", "migrate"}

// ServicesOf returns those of a stack's region.
func ServicesOf(s *template.Stack) []string {
	if regions := RegionsOf(s); len(regions) > 0 && regions[0] == s.Region {
		return taskServices
	}
	return taskServices[:len(taskServices)-1]
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
