package egress

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var endpointPolicies = []policies.Policy{
	endpointsAreTheDeclaredOnes, gatewayEndpointsAreOfTheirTiers, interfaceEndpointsAreInApp, endpointsAdmitWhatIsOurs,
	everyEndpointHasItsGroup,
}

var endpointsAreTheDeclaredOnes = policies.Policy{
	ID: "NET-32", Title: "Every VPC has exactly one endpoint for each service of AWS that is called from it, and none for any other service",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "write the service in constructs/endpoint, and with what it admits in endpointsOfVPC; an endpoint of somebody's service is a way out",
	Reads: []string{intent.VPCType, intent.EndpointType},
	Check: func(e *template.Estate, f *policies.Findings) {
		type place struct {
			vpc     *template.Resource
			service string
		}
		has := map[place]bool{}
		for p := range e.All(intent.EndpointType) {
			f.Examined(p)
			vpc, meant := intent.VPCOf(e, p), intent.EndpointMeant(p)
			switch at := (place{vpc, meant.Service}); {
			case vpc == nil || vpc.Stack.Region != p.Stack.Region:
				f.Fail(p, "lies in a VPC that cannot be known")
			case meant.Service == "":
				f.Fail(p, "is of %s, which nothing here calls", intent.OrElse(p.Get("ServiceName").String(), "no service"))
			case has[at]:
				f.Fail(p, "is not the VPC's only endpoint of %s", meant.Service)
			default:
				has[at] = true
			}
			checkKind(f, p, meant)
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			for _, meant := range intent.EndpointsOfVPC {
				if !has[place{vpc, meant.Service}] {
					f.Fail(vpc, "has no endpoint of %s", meant.Service)
				}
			}
		}
	},
}

// checkKind refuses an endpoint that is of another kind than its service's, or says what no policy looks at.
func checkKind(f *policies.Findings, p *template.Resource, meant intent.Endpoint) {
	known, kind := []string{"PolicyDocument", "ServiceName", "Tags", "VpcEndpointType", "VpcId"}, "Interface"
	if meant.Routed != nil {
		known, kind = append(known, "RouteTableIds"), "Gateway"
	} else {
		known = append(known, "PrivateDnsEnabled", "SecurityGroupIds", "SubnetIds")
	}
	f.AllowOnly(p, known...)
	if is := p.Get("VpcEndpointType"); meant.Service != "" && !is.Is(kind) {
		f.Fail(p, "its kind is %s, not %s", intent.OrElse(is.String(), "unsaid"), kind)
	}
}

var gatewayEndpointsAreOfTheirTiers = policies.Policy{
	ID: "NET-33", Title: "The endpoint of S3 is routed to from the app and llm tiers and that of DynamoDB from app, and from no other tier",
	Source:    policies.DataLeakage,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "give endpoint.New's table the tiers; the library would give a gateway endpoint every route table",
	Reads: []string{intent.VPCType, intent.SubnetType, intent.TableType, intent.TableOfSubnetType, intent.EndpointType},
	Check: func(e *template.Estate, f *policies.Findings) {
		type place struct {
			vpc  *template.Resource
			tier string
		}
		tables, of := intent.Joined(e, intent.TableOfSubnetType, "RouteTableId", intent.TableType), map[place][]*template.Resource{}
		for s := range e.All(intent.SubnetType) {
			at := place{intent.VPCOf(e, s), intent.TierOf(s)}
			of[at] = append(of[at], tables[s]...)
		}
		for p := range e.All(intent.EndpointType) {
			f.Examined(p)
			routed, vpc := found(e, f, p, "RouteTableIds", intent.TableType), intent.VPCOf(e, p)
			for _, tier := range intent.EndpointMeant(p).Routed {
				for _, t := range of[place{vpc, tier}] {
					if !routed[t] {
						f.Fail(p, "is not routed to from %s, of tier %s", t, tier)
					}
					delete(routed, t)
				}
			}
			for t := range routed {
				f.Fail(p, "is routed to from %s, which is no table of a tier that needs it", t)
			}
		}
	},
}

// found are the resources of a type that a list of an endpoint's names. What it names else, or twice, is reported.
func found(e *template.Estate, f *policies.Findings, p *template.Resource, property, typ string) map[*template.Resource]bool {
	all := map[*template.Resource]bool{}
	f.Refuse(p, property, p.Get(property))
	for _, v := range p.Get(property).List() {
		r := e.Find(v, typ)
		if r == nil || all[r] {
			f.Fail(p, "%s has %s, which is none of the estate's or there twice", property, v)
			continue
		}
		all[r] = true
	}
	return all
}

var interfaceEndpointsAreInApp = policies.Policy{
	ID: "NET-34", Title: "Every interface endpoint lies in exactly the app subnets of its VPC, and the service's own names mean it, but for API Gateway's",
	Source:    policies.InternalSegmentation,
	Component: policies.Network, STRIDE: "SID", Severity: policies.High,
	Fix:   "let endpoint.New put it there: without its private names a service is called by public addresses, to which there is no way",
	Reads: []string{intent.VPCType, intent.SubnetType, intent.EndpointType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for p := range e.All(intent.EndpointType) {
			f.Examined(p)
			meant := intent.EndpointMeant(p)
			in := found(e, f, p, "SubnetIds", intent.SubnetType)
			if meant.Group == "" {
				continue // a gateway has no address; what it must not say is refused with its kind
			}
			for s := range e.All(intent.SubnetType) {
				if intent.VPCOf(e, s) == nil || intent.VPCOf(e, s) != intent.VPCOf(e, p) || intent.TierOf(s) != "app" {
					continue
				}
				if !in[s] {
					f.Fail(p, "is not in %s", s)
				}
				delete(in, s)
			}
			for s := range in {
				f.Fail(p, "is in %s, which is no app subnet of its VPC", s)
			}
			if names := p.Get("PrivateDnsEnabled"); meant.Private && !names.True() || !meant.Private && !names.False() {
				f.Fail(p, "whether the service's own names mean it is %s, not %t", intent.OrElse(names.String(), "unsaid"), meant.Private)
			}
		}
	},
}

var endpointsAdmitWhatIsOurs = policies.Policy{
	ID: "NET-35", Title: "Every endpoint admits named actions of this account's callers on this account's resources, and the named exceptions of AWS's own, and nothing else",
	Source:    policies.DataLeakage,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "keep the policy that constructs/endpoint writes: who is admitted to another account's bucket carries data there",
	Reads: []string{intent.EndpointType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for p := range e.All(intent.EndpointType) {
			f.Examined(p)
			checkAdmissions(f, p)
		}
	},
}

func checkAdmissions(f *policies.Findings, p *template.Resource) {
	document := p.Get("PolicyDocument")
	if document.Missing() {
		f.Fail(p, "has no policy, so that anybody may do anything to anybody's resources through it")
		return
	}
	if more := intent.UnexpectedKeys(document, "Version", "Statement"); len(more) > 0 {
		f.Fail(p, "its policy says %v, which no policy of an endpoint says", more)
	}
	lacks := map[string]bool{}
	for _, a := range intent.AdmissionsOf(p) {
		lacks[a.What] = true
	}
	for _, s := range p.Statements() {
		if a := intent.AdmissionIn(s); a != nil && s.Path == "PolicyDocument" {
			delete(lacks, a.What)
		} else {
			f.Fail(p, "%s: is nothing that the endpoint admits: %s %v on %v", intent.StatementName(s), s.Effect, s.Actions, s.Resources)
		}
	}
	for what := range lacks {
		f.Fail(p, "does not admit %s", what)
	}
}

var everyEndpointHasItsGroup = policies.Policy{
	ID: "NET-36", Title: "Every interface endpoint has exactly one security group, which is its own and of its VPC",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "give endpoint.New the groups of segment.New: one without a group takes the VPC's default group",
	Reads: []string{intent.VPCType, intent.GroupType, intent.EndpointType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for p := range e.All(intent.EndpointType) {
			f.Examined(p)
			groups := found(e, f, p, "SecurityGroupIds", intent.GroupType)
			meant := intent.EndpointMeant(p).Group
			if meant != "" && len(groups) != 1 {
				f.Fail(p, "has %d security groups, not one", len(groups))
			}
			for g := range groups {
				if meant == "" || intent.VPCOf(e, g) == nil || intent.VPCOf(e, g) != intent.VPCOf(e, p) || intent.PartyOf(g) != meant {
					f.Fail(p, "has the group of %q, not its own %q", intent.PartyOf(g), meant)
				}
			}
		}
	},
}
